import { once } from 'node:events';
import { Agent, request } from 'node:http';

export interface Sent {
  readonly atMs: number;
  /** `answered`: status 200 without errors. `refused`: nobody took the connection. Anything else says what went wrong. */
  readonly outcome: 'answered' | 'refused' | { wrong: string };
}

/** Requests one after the other on each of `connections`, until `stop`, or until nobody takes connections. */
export interface Load {
  readonly sent: readonly Sent[];
  /** Resolves when the last answer has come. */
  stop(): Promise<void>;
}

const CONNECTIONS = 8;
const TIMEOUT_MS = 30_000;

/** @param headers beside the content type */
export function startLoad(url: string, body: object, headers: Readonly<Record<string, string>> = {}): Load {
  const sent: Sent[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let stopped = false;
  const work = async () => {
    while (!stopped) {
      const atMs = performance.now();
      const outcome = await send(agent, url, JSON.stringify(body), headers);
      sent.push({ atMs, outcome });
      if (outcome === 'refused') return;
    }
  };
  const workers = Array.from({ length: CONNECTIONS }, work);
  return {
    sent,
    async stop() {
      stopped = true;
      await Promise.all(workers);
      agent.destroy();
    },
  };
}

async function send(
  agent: Agent,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Sent['outcome']> {
  try {
    const asked = request(url, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    asked.end(body);
    const [response] = await once(asked, 'response');
    const text = (await response.setEncoding('utf8').toArray()).join('');
    return response.statusCode === 200 && !('errors' in JSON.parse(text))
      ? 'answered'
      : { wrong: `status ${response.statusCode}: ${text.slice(0, 300)}` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED' ? 'refused' : { wrong: message };
  }
}
