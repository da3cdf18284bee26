import { meros } from 'meros/browser';
import type { z } from 'zod';
import { gatewayConfig } from '../../src/config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../../src/start-gateway.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../../src/testing/fake-subgraph.ts';
import { compose } from '../../src/testing/test-gateway.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])';

const PRODUCTS = [
  { __typename: 'Product', id: '1', name: 'Saw', price: 20 },
  { __typename: 'Product', id: '2', name: 'Nail', price: 1 },
];
const SHELF = [
  PRODUCTS[1],
  { __typename: 'Product', id: '3', name: 'Glue', price: 5 },
  PRODUCTS[0],
  { __typename: 'Product', id: '4', name: 'Tape', price: 3 },
];

const startProducts = () =>
  startFakeSubgraph({
    name: 'products',
    sdl: `${LINK}
      type Query { product(id: ID!): Product, products: [Product!], shelf: [Product!], loose: [Product], items: [Item], viewer: User }
      type Mutation { touch(id: ID!): Product }
      type Subscription { touched: Product }
      interface Item { id: ID! name: String }
      type Product implements Item @key(fields: "id") { id: ID! name: String price: Int tags: [String!] }
      type Service implements Item @key(fields: "id") { id: ID! name: String hours: Int }
      type User @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        product: (_: unknown, { id }: { id: string }) => PRODUCTS.find((product) => product.id === id),
        products: () => PRODUCTS,
        shelf: () => SHELF,
        loose: () => SHELF,
        items: () => [PRODUCTS[0], { __typename: 'Service', id: 's1', name: 'Repair', hours: 3 }],
        viewer: () => ({ id: 'u1' }),
      },
      Mutation: { touch: (_: unknown, { id }: { id: string }) => PRODUCTS.find((product) => product.id === id) },
      Product: {
        tags: () => ['new', 'old'],
        __resolveReference: ({ id }: { id: string }) => PRODUCTS.find((product) => product.id === id),
      },
      Service: { __resolveReference: ({ id }: { id: string }) => ({ id, hours: 3 }) },
    },
  });

/** A gate that a test closes and opens. */
export interface Gate {
  /** From now on, what is said of these waits for `open()`. Default: all answers do. */
  close(...ids: readonly string[]): void;
  open(): void;
}

type Passed = (id: string) => Promise<void>;

function gate(): Gate & { readonly passed: Passed } {
  let closed: (PromiseWithResolvers<void> & { readonly ids: readonly string[] }) | undefined;
  return {
    close(...ids) {
      closed = { ...Promise.withResolvers<void>(), ids };
    },
    open() {
      closed?.resolve();
      closed = undefined;
    },
    passed: async (id) => (closed?.ids.length === 0 || closed?.ids.includes(id) ? closed.promise : undefined),
  };
}

const startReviews = (passed: Passed) =>
  startFakeSubgraph({
    name: 'reviews',
    sdl: `${LINK}
      type Product @key(fields: "id") {
        id: ID!
        reviews: [Review!]
        rating: Int
        broken: String
        needed: String!
        secret: String @authenticated
      }
      type Service @key(fields: "id") { id: ID! rating: Int }
      type Review { id: ID! body: String author: User }
      type User @key(fields: "id") { id: ID! }`,
    resolvers: {
      Product: {
        __resolveReference: async ({ id }: { id: string }) => {
          await passed(id);
          return { id };
        },
        reviews: ({ id }: { id: string }) => [
          { id: `${id}a`, body: 'good', author: { id: 'u1' } },
          { id: `${id}b`, body: 'bad', author: { id: 'u2' } },
        ],
        rating: ({ id }: { id: string }) => Number(id) + 3,
        broken: () => {
          throw new Error('connect to postgres://reviews:hunter2@10.0.0.1');
        },
        needed: ({ id }: { id: string }) => (id === '1' ? null : 'there'),
        secret: () => 'hunter2',
      },
      Service: {
        __resolveReference: async ({ id }: { id: string }) => {
          await passed(id);
          return { id };
        },
        rating: () => 9,
      },
    },
  });

const startUsers = (passed: Passed) =>
  startFakeSubgraph({
    name: 'users',
    sdl: `${LINK} type Query { me: User } type User @key(fields: "id") { id: ID! name: String! age: Int }`,
    resolvers: {
      Query: {
        me: async () => {
          await passed('u1');
          return { id: 'u1' };
        },
      },
      User: {
        __resolveReference: async ({ id }: { id: string }) => {
          await passed(id);
          return { id };
        },
        name: ({ id }: { id: string }) => `Name of ${id}`,
        age: () => 30,
      },
    },
  });

export const CURRENT = 'multipart/mixed;incrementalSpec=v0.2, application/json';
export const FORMER = 'multipart/mixed;deferSpec=20220824, application/json';

// biome-ignore lint/suspicious/noExplicitAny: a test reads payloads of many shapes
export type Payload = any;

/** All that is left. */
export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export interface DeferredGateway extends AsyncDisposable {
  readonly running: RunningGateway;
  readonly products: FakeSubgraph;
  readonly reviews: FakeSubgraph;
  readonly users: FakeSubgraph;
  readonly slowReviews: Gate;
  readonly slowUsers: Gate;
  post(query: string, accept: string, variables?: object, headers?: Record<string, string>): Promise<Response>;
  /** The payloads one after the other, as they come; a single one where the answer has no parts. */
  parts(query: string, accept?: string, variables?: object, headers?: Record<string, string>): AsyncGenerator<Payload>;
  all(query: string, accept?: string, variables?: object, headers?: Record<string, string>): Promise<Payload[]>;
}

/** A gateway over products, whose reviews and users are as slow as a test wants. */
export async function startDeferredGateway(config: z.input<typeof gatewayConfig> = {}): Promise<DeferredGateway> {
  const [slowReviews, slowUsers] = [gate(), gate()];
  const subgraphs = await Promise.all([
    startProducts(),
    startReviews(slowReviews.passed),
    startUsers(slowUsers.passed),
  ]);
  const [products, reviews, users] = subgraphs;
  const running = await startGateway(
    gatewayConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      rateLimit: { enabled: false },
      introspection: true,
      ...config,
    }),
    { supergraphSdl: compose(subgraphs), logDestination: { write: () => {} }, processMetrics: false },
  );
  const post: DeferredGateway['post'] = (query, accept, variables = {}, headers = {}) =>
    fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...headers },
      body: JSON.stringify({ query, variables }),
    });
  async function* parts(query: string, accept = CURRENT, variables = {}, headers = {}): AsyncGenerator<Payload> {
    const response = await meros<Payload>(await post(query, accept, variables, headers));
    if (response instanceof Response) yield await response.json();
    else for await (const { body } of response) yield body;
  }
  return {
    ...{ running, products, reviews, users, slowReviews, slowUsers, post, parts },
    all: (...asked) => collected(parts(...asked)),
    async [Symbol.asyncDispose]() {
      slowReviews.open();
      slowUsers.open();
      await running.stop();
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    },
  };
}
