import { buildSubgraphSchema } from '@apollo/subgraph';
import { type Tracer, trace } from '@opentelemetry/api';
import {
  anonymous,
  createLogger,
  createMetrics,
  type EventTail,
  type Identity,
  type InProcessBus,
  inProcessBus,
  type Metrics,
  newId,
} from '@tributary/service-kit';
import { EVENTS_SDL } from '@tributary/service-kit/sdl';
import { testEvent } from '@tributary/service-kit/testing';
import { GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { validOperation } from '../../engine/generation.ts';
import { TributaryGateway, type TributaryGatewayOptions } from '../../engine/tributary-gateway.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../../testing/fake-subgraph.ts';
import { compose } from '../../testing/test-gateway.ts';
import type { LiveOperation, LiveRequest, LiveResult } from '../live-operation.ts';
import { LiveSubscriptions } from '../live-subscriptions.ts';
import type { UpstreamOptions } from '../upstream/upstream-connection.ts';

export const CHANGED = 'shop.item.changed.v1';
export const TOLD = 'shop.item.told.v1';

const FEDERATION = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;

/** A subgraph of items, of which events tell. */
export const itemsSdl = (
  fields = 'name: String',
  stream = 'where: "{ itemId: $id }"',
) => `${FEDERATION('"@key", "@composeDirective"')}
  ${EVENTS_SDL}
  type Query { item(id: ID!): Item }
  type Subscription {
    itemChanged(id: ID!, shelf: String): Item
      @eventStream(types: ["${CHANGED}"], entity: "{ id: itemId }", ${stream})
    itemForMe: Item @eventStream(types: ["${TOLD}"], entity: "{ id: itemId }", caller: "userId")
    itemSeen(shelf: String! = "top"): Item
  }
  type Item @key(fields: "id") { id: ID! ${fields} price(currency: String = "EUR"): Int }`;

const STOCK_SDL = `${FEDERATION('"@key"')}
  type Query { stocks: Int }
  type Item @key(fields: "id") { id: ID! stock: Int }`;

export interface Item {
  id: string;
  name: string;
}

export interface LiveGraphOptions {
  /** Of the events. Default: that of a bus in this process. */
  tail?: EventTail | undefined;
  /** How the subgraph of items is subscribed to. */
  upstream?: UpstreamOptions;
  /** What is seen on a shelf, for its own subscriptions. */
  seen?: (shelf: string) => AsyncIterable<Item>;
  /** Default: one that records nothing. */
  tracer?: Tracer;
  /** How subgraphs are asked. Default: as in a `TributaryGateway`. */
  subgraphRequest?: TributaryGatewayOptions['subgraphRequest'];
}

export interface LiveGraph extends AsyncDisposable {
  readonly items: Map<string, Item>;
  readonly subgraphs: { readonly items: FakeSubgraph; readonly stock: FakeSubgraph };
  readonly bus: InProcessBus;
  readonly gateway: TributaryGateway;
  readonly metrics: Metrics;
  /** Errors that were logged, as text. */
  readonly logLines: readonly string[];
  readonly live: LiveSubscriptions;
  /** Ends it, and begins another one, as a restart of the gateway would. */
  restart(): Promise<LiveSubscriptions>;
  subscribe(text: string, request?: Partial<LiveRequest>): Promise<LiveOperation>;
  publish(type: string, data: object): Promise<void>;
  /** Another supergraph takes over: with other fields of items, and another choice of their events. */
  swap(fields: string, stream?: string): Promise<void>;
  /** The schema of items, to serve subscriptions by. */
  readonly schema: GraphQLSchema;
}

export async function startLiveGraph(options: LiveGraphOptions = {}): Promise<LiveGraph> {
  const items = new Map<string, Item>([['1', { id: '1', name: 'a cup' }]]);
  const resolvers = {
    Subscription: {
      itemSeen: {
        subscribe: (_: unknown, { shelf }: { shelf: string }) => options.seen?.(shelf),
        resolve: (item: Item) => item,
      },
    },
    Item: {
      __resolveReference({ id }: { id: string }) {
        if (id === 'broken') throw new GraphQLError('It is broken.', { extensions: { code: 'ITEM_BROKEN' } });
        return items.get(id);
      },
      price: (_: unknown, { currency }: { currency: string }) => (currency === 'EUR' ? 100 : 110),
    },
  };
  const [itemsGraph, stock] = await Promise.all([
    startFakeSubgraph({ name: 'items', sdl: itemsSdl(), resolvers }),
    startFakeSubgraph({
      name: 'stock',
      sdl: STOCK_SDL,
      resolvers: { Item: { __resolveReference: ({ id }: { id: string }) => ({ id, stock: 7 }) } },
    }),
  ]);
  const bus = inProcessBus();
  const logLines: string[] = [];
  const destination = { write: (line: string) => logLines.push(line) };
  const log = createLogger({ service: 'gateway', level: 'error', destination });
  const metrics = createMetrics({ service: 'gateway', processMetrics: false });
  let update: (supergraphSdl: string) => void = () => {};
  const { tracer = trace.getTracer('test') } = options;
  const gateway = new TributaryGateway({
    supergraphSdl: async (given) => {
      update = given.update;
      return { supergraphSdl: compose([itemsGraph, stock]) };
    },
    ...{ log, metrics, tracer },
    ...(options.subgraphRequest && { subgraphRequest: options.subgraphRequest }),
    swap: { rollback: false },
  });
  await gateway.load();
  const { engine } = gateway;
  const begin = () =>
    new LiveSubscriptions({
      ...{ engine, tail: 'tail' in options ? options.tail : bus.tail, issuer: undefined, log, metrics },
      subgraphs: { items: { subscriptions: options.upstream } },
      ...{ maxResponseBytes: 10_000, deadlineMs: 5000, tracer },
    });
  let live = begin();
  return {
    ...{ items, bus, gateway, metrics, logLines, subgraphs: { items: itemsGraph, stock } },
    schema: buildSubgraphSchema([{ typeDefs: parse(itemsSdl()), resolvers: resolvers as never }]),
    get live() {
      return live;
    },
    async restart() {
      await live.stop();
      live = begin();
      return live;
    },
    subscribe: async (text, request = {}) =>
      live.subscribe(engine.current, { ...requestOf(gateway, text), ...request }),
    publish: (type, data) => bus.publish(testEvent(type, { data })),
    async swap(fields, stream) {
      const before = engine.current;
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = engine.onAdopted(() => resolve());
      update(compose([{ ...itemsGraph, sdl: itemsSdl(fields, stream) }, stock]));
      await promise;
      end();
      if (engine.current === before) throw new Error('it was not taken');
    },
    async [Symbol.asyncDispose]() {
      await live.stop();
      await gateway.stop();
      await Promise.all([itemsGraph.close(), stock.close()]);
    },
  };
}

const parsedOnce = new Map<string, NonNullable<ReturnType<typeof validOperation>>>();

/** One text is one document, as in the gateway's cache. */
function requestOf({ engine }: TributaryGateway, text: string): LiveRequest {
  const valid = parsedOnce.get(text) ?? validOperation(engine.current.schema, { text });
  if (valid === undefined) throw new Error(`not valid: ${text}`);
  parsedOnce.set(text, valid);
  return {
    ...valid,
    ...{ variables: {}, denial: undefined, identity: anonymous, requestId: newId(), fields: {} },
    ...{ canary: undefined, priority: 'low', asker: '', lastEventId: undefined, bufferedEvents: 5 },
  };
}

export const user = (userId: string): Identity => ({ kind: 'user', userId, roles: ['customer'] });

/** What comes next, as data; and with errors, where there are any. */
export async function nextOf(
  live: LiveOperation,
): Promise<{ data: unknown; codes: string[]; eventId: string | undefined }> {
  const { value, done } = await live.next();
  if (done === true) throw new Error(`it has ended: ${live.end}`);
  const { result, eventId } = value as LiveResult;
  return { data: JSON.parse(result.data), codes: result.errors.map(({ code }) => code), eventId };
}
