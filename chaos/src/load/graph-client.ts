import { Agent, request } from 'undici';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are read, each where its operation is written
export type Data = any;

/** Sends one operation to the gateway. @throws NoAnswer when there is none that can be used; they are counted */
export type Ask = (query: string, variables: object, accessToken?: string) => Promise<Data>;

/** The graph did not answer, or with an error: whether it has acted is unknown. */
export class NoAnswer extends Error {
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`no answer: ${code}`, options);
    this.code = code;
  }
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 ** 2;

/** A client as a shop's frontend is one: it does not know what runs behind the gateway. */
export function createGraphClient(
  gatewayUrl: string,
): Ask & { readonly unanswered: ReadonlyMap<string, number>; close(): Promise<void> } {
  const dispatcher = new Agent({ connections: 100, maxResponseSize: MAX_ANSWER_BYTES });
  const unanswered = new Map<string, number>();
  const count = (error: NoAnswer) => {
    unanswered.set(error.code, (unanswered.get(error.code) ?? 0) + 1);
    return error;
  };
  const ask: Ask = async (query, variables, accessToken) => {
    const answer = await send(dispatcher, gatewayUrl, { query, variables }, accessToken).catch((cause: unknown) => {
      throw count(new NoAnswer('NO_CONNECTION', { cause }));
    });
    const [error] = answer.errors ?? [];
    if (error !== undefined) throw count(new NoAnswer(error.extensions?.code ?? 'UNKNOWN'));
    return answer.data;
  };
  return Object.assign(ask, { unanswered, close: () => dispatcher.close() });
}

async function send(dispatcher: Agent, gatewayUrl: string, body: object, accessToken?: string): Promise<Data> {
  const response = await request(`${gatewayUrl}/graphql`, {
    dispatcher,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return response.body.json();
}
