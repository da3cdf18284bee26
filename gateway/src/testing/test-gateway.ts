import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import type { z } from 'zod';
import { gatewayConfig } from '../config/gateway-config.ts';
import { type GatewayParts, type RunningGateway, startGateway } from '../start-gateway.ts';
import type { FakeSubgraph } from './fake-subgraph.ts';
import { startBooks, startReviews } from './library-graph.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  data: any;
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; requestId: string } }[];
}

/** A gateway over the library graph, on real ports. */
export interface TestGateway extends RunningGateway, AsyncDisposable {
  readonly books: FakeSubgraph;
  readonly reviews: FakeSubgraph;
  /** Everything that was logged, as text. */
  readonly logLines: string[];
  /** POSTs an operation. */
  ask(
    query: string,
    options?: { variables?: object; operationName?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
  /** Any request to its `/graphql`. */
  send(init?: RequestInit, search?: string): Promise<Response>;
}

export const compose = (subgraphs: readonly FakeSubgraph[]): string => {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  return supergraphSdl;
};

export async function startTestGateway(
  config: z.input<typeof gatewayConfig> = {},
  parts: Pick<GatewayParts, 'subscriptions'> = {},
): Promise<TestGateway> {
  const [books, reviews] = await Promise.all([startBooks(), startReviews()]);
  const lines: string[] = [];
  const parsed = gatewayConfig.parse({
    server: { host: '127.0.0.1', port: 0, ...config.server },
    admin: { host: '127.0.0.1', port: 0 },
    // Tests ask more often than people.
    rateLimit: { enabled: false },
    ...Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'server')),
  });
  const running = await startGateway(parsed, {
    supergraphSdl: compose([books, reviews]),
    logDestination: { write: (line) => lines.push(line) },
    processMetrics: false,
    ...parts,
  });
  const send = (init: RequestInit = {}, search = '') => fetch(`${running.url}/graphql${search}`, init);
  const stop = async () => {
    await running.stop();
    await Promise.all([books.close(), reviews.close()]);
  };
  return {
    ...running,
    books,
    reviews,
    logLines: lines,
    send,
    async ask(query, { headers = {}, ...params } = {}) {
      const response = await send({
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: JSON.stringify({ query, ...params }),
      });
      return {
        status: response.status,
        headers: response.headers,
        ...((await response.json()) as Omit<Answer, 'status' | 'headers'>),
      };
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
