import { inProcessBus } from '@tributary/service-kit';
import { EVENTS_SDL } from '@tributary/service-kit/sdl';
import { readMetrics, testEvent, until } from '@tributary/service-kit/testing';
import { gatewayConfig } from '../../src/config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../../src/start-gateway.ts';
import { startFakeSubgraph } from '../../src/testing/fake-subgraph.ts';
import { compose } from '../../src/testing/test-gateway.ts';

export const CHANGED = 'shop.shelf.changed.v1';
/** Of a shop whose shelves can be followed, each by its id. */
export const SHELF_SDL = `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@composeDirective"])
  ${EVENTS_SDL}
  type Query { shelves: Int }
  type Subscription {
    shelfChanged(id: ID!): Shelf
      @eventStream(types: ["${CHANGED}"], entity: "{ id: shelfId }", where: "{ shelfId: $id }")
  }
  type Shelf @key(fields: "id") { id: ID! books: Int! }`;

/** Of shelf 1. */
export const SHELF_CHANGED = 'subscription { shelfChanged(id: "1") { books } }';

/** One gateway after the other over a graph of which events tell. The bus, and what it remembers, outlives them. */
export interface ShelfGateways extends AsyncDisposable {
  /** Of the one that runs, or ran last. */
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Puts another book on shelf 1, which is an event. */
  addBook(): Promise<void>;
  /** Waits until so many subscriptions go on. */
  subscribed(count: number): Promise<unknown>;
}

export async function startShelfGateways(): Promise<ShelfGateways> {
  let books = 0;
  const resolvers = { Shelf: { __resolveReference: ({ id }: { id: string }) => ({ id, books }) } };
  const subgraph = await startFakeSubgraph({ name: 'shop', sdl: SHELF_SDL, resolvers });
  const bus = inProcessBus();
  const config = gatewayConfig.parse({
    server: { host: '127.0.0.1', port: 0, keepAliveGrace: '10ms' },
    admin: { host: '127.0.0.1', port: 0 },
    rateLimit: { enabled: false },
    subscriptions: { drain: '50ms' },
  });
  const parts = { supergraphSdl: compose([subgraph]), events: bus.tail, processMetrics: false };
  const begin = () => startGateway(config, { ...parts, logDestination: { write: () => {} } });
  let running: RunningGateway = await begin();
  const active = async () => {
    const metrics = readMetrics(await (await fetch(`${running.adminUrl}/metrics`)).text(), 'text');
    const samples = metrics.get('graphql_subscriptions_active')?.samples ?? [];
    return samples.reduce((sum, { value }) => sum + value, 0);
  };
  return {
    get url() {
      return running.url;
    },
    async start() {
      running = await begin();
    },
    stop: () => running.stop(),
    async addBook() {
      books++;
      await bus.publish(testEvent(CHANGED, { data: { shelfId: '1' } }));
    },
    subscribed: (count) => until(`${count} subscriptions`, async () => (await active()) === count),
    async [Symbol.asyncDispose]() {
      await running.stop();
      await subgraph.close();
    },
  };
}
