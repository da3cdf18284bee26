import { setTimeout as delay } from 'node:timers/promises';

export interface ApiOptions {
  /** `https://host:9200`, with nothing after the port. */
  url: string;
  username: string;
  password: string;
  headers?: Readonly<Record<string, string>>;
  /** How long calls together may wait for a server that is not there yet, or is busy. Default: 10 minutes. */
  patienceMs?: number;
  /** Before the first repetition; doubled for each further one, up to 15 s. Default: 500. */
  firstWaitMs?: number;
  log?: (line: string) => void;
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is checked where it is used
  body: any;
}

/**
 * One call. Repeated, with back-off, when nobody answers, and on 408, 429 and 5xx.
 *
 * @param body JSON, or a form
 * @param accepted statuses besides 2xx that are no error
 * @throws Error for any other answer, and when patience ends
 */
export type Api = (
  method: string,
  path: string,
  body?: object | FormData,
  accepted?: readonly number[],
) => Promise<Answer>;

const LONGEST_WAIT_MS = 15_000;
const ATTEMPT_MS = 30_000;

export function createApi(options: ApiOptions): Api {
  const { url, username, password, patienceMs = 600_000, firstWaitMs = 500, log = console.log } = options;
  const endsMs = performance.now() + patienceMs;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function attempt(method: string, path: string, body?: object | FormData): Promise<Answer> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization,
        ...(isForm || !body ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(ATTEMPT_MS),
      redirect: 'error',
    });
    return { status: response.status, body: parsed(await response.text()) };
  }

  return async (method, path, body, accepted = []) => {
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const answer = await attempt(method, path, body).catch((error: unknown) => ({
        status: 0,
        body: reasonOf(error),
      }));
      const { status } = answer;
      if ((status >= 200 && status < 300) || accepted.includes(status)) return answer;
      const problem = `${method} ${path}: ${status === 0 ? answer.body : `${status} ${summaryOf(answer.body)}`}`;
      if (!isTransient(status) || performance.now() + waitMs > endsMs) throw new Error(problem);
      log(`${problem}; again in ${waitMs} ms`);
      await delay(waitMs);
    }
  };
}

const isTransient = (status: number): boolean => status === 0 || status === 408 || status === 429 || status >= 500;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error & { code?: string } };
  return cause === undefined ? message : `${message} (${cause.code ?? cause.message})`;
}

// biome-ignore lint/suspicious/noExplicitAny: an error may be anything
function summaryOf(body: any): string {
  const error = body?.error;
  const text =
    error?.reason ?? error?.type ?? body?.message ?? (typeof body === 'string' ? body : JSON.stringify(body));
  return String(text).slice(0, 500);
}
