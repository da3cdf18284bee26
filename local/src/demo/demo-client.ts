import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-sse';

const DOCUMENTS = new URL('../../../schema/documents/storefront/', import.meta.url);

// biome-ignore lint/suspicious/noExplicitAny: the demo reads answers of many shapes, and checks each
type Answer = any;

/** Sends the storefront's trusted documents, as the storefront would. */
export interface DemoClient {
  /** The access token of the session, once there is one. */
  accessToken: string | undefined;
  /** Sends `schema/documents/storefront/<document>.graphql`. @throws Error when the answer has errors. */
  send(document: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** Sends again until `isDone` of the data is true. @throws Error when that takes more than 30 s. */
  sendUntil(document: string, variables: Record<string, unknown>, isDone: (data: Answer) => boolean): Promise<Answer>;
  /**
   * Subscribes by server-sent events: the data of each event from now on. Ends 30 s after one is first waited for.
   * Undefined of a graph without that subscription: one of an older version.
   *
   * @throws Error when the subscription is refused, or an event has errors.
   */
  follow(document: string): Promise<AsyncIterableIterator<Answer> | undefined>;
}

const WAIT_MS = 30_000;
const AGAIN_AFTER_MS = 150;

const textOf = (document: string) => readFileSync(new URL(`${document}.graphql`, DOCUMENTS), 'utf8');

export function createDemoClient(url: string): DemoClient {
  const headers = () => ({
    'apollographql-client-name': 'demo',
    ...(client.accessToken === undefined ? {} : { authorization: `Bearer ${client.accessToken}` }),
  });
  const client: DemoClient = {
    accessToken: undefined,
    async send(document, variables = {}) {
      const response = await fetch(new URL('/graphql', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers() },
        body: JSON.stringify({ query: textOf(document), variables }),
        signal: AbortSignal.timeout(WAIT_MS),
      }).catch((cause: unknown) => {
        throw new Error(`Nothing answers at ${url}. Run npm start in another terminal first.`, { cause });
      });
      const { data, errors } = (await response.json().catch((cause: unknown) => {
        throw new Error(`What answers at ${url} is no GraphQL server (status ${response.status}).`, { cause });
      })) as { data?: unknown; errors?: unknown };
      if (errors !== undefined) throw new Error(`${document} was answered with ${JSON.stringify(errors, null, 2)}`);
      return data;
    },
    async sendUntil(document, variables, isDone) {
      const deadline = performance.now() + WAIT_MS;
      for (;;) {
        const data = await client.send(document, variables);
        if (isDone(data)) return data;
        if (performance.now() > deadline) {
          throw new Error(`after ${WAIT_MS / 1000} s the answer is still ${JSON.stringify(data, null, 2)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      }
    },
    async follow(document) {
      const events = createClient({ url: new URL('/graphql', url).href, headers, retryAttempts: 0 });
      // With it the first result says where the subscription begins: what happens from then on is heard.
      const results = events.iterate<Answer>({ query: textOf(document), extensions: { lastEventId: '' } });
      const { value: beginning } = await results.next();
      if (beginning?.errors?.[0]?.extensions?.code === 'GRAPHQL_VALIDATION_FAILED') return undefined;
      if (beginning?.extensions?.eventId === undefined) {
        throw new Error(`${document} was answered with ${JSON.stringify(beginning, null, 2)}`);
      }
      return (async function* dataOf() {
        setTimeout(() => events.dispose(), WAIT_MS).unref();
        for await (const { data, errors } of results) {
          if (errors !== undefined) throw new Error(`${document} told ${JSON.stringify(errors, null, 2)}`);
          yield data;
        }
      })();
    },
  };
  return client;
}
