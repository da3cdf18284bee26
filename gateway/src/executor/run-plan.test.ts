import { describe, expect, it } from 'vitest';
import { compilePlan } from './compiled-plan.ts';
import { runPlan } from './run-plan.ts';
import { graphOf, type TestGraph } from './testing/graph-of.ts';

const PRODUCTS = [
  { upc: '1', name: 'Table', weight: 10 },
  { upc: '2', name: 'Chair', weight: 4 },
];
const REVIEWS = [
  { id: 'r1', upc: '1', by: 'a' },
  { id: 'r2', upc: '1', by: 'b' },
  { id: 'r3', upc: '2', by: 'a' },
];

const shop = () =>
  graphOf({
    products: {
      sdl: `type Query { top: [Product!]! product(upc: ID!): Product }
        type Product @key(fields: "upc") { upc: ID! name: String! weight: Int! }`,
      resolvers: {
        Query: {
          top: () => PRODUCTS,
          product: (_: unknown, { upc }: { upc: string }) => PRODUCTS.find((each) => each.upc === upc),
        },
        Product: { __resolveReference: ({ upc }: { upc: string }) => PRODUCTS.find((each) => each.upc === upc) },
      },
    },
    reviews: {
      sdl: `type Query { reviews: [Review!]! }
        type Review @key(fields: "id") { id: ID! product: Product! author: User! }
        type User @key(fields: "id") { id: ID! reviews: [Review!]! }
        type Product @key(fields: "upc") { upc: ID! reviews: [Review!]! }`,
      resolvers: {
        Query: { reviews: () => REVIEWS },
        Review: {
          product: ({ upc }: { upc: string }) => ({ upc }),
          author: ({ by }: { by: string }) => ({ id: by }),
        },
        Product: { reviews: ({ upc }: { upc: string }) => REVIEWS.filter((review) => review.upc === upc) },
        User: { reviews: ({ id }: { id: string }) => REVIEWS.filter((review) => review.by === id) },
      },
    },
    users: {
      sdl: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String! }',
      resolvers: {
        Query: { me: () => ({ id: 'a', name: 'User a' }) },
        User: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `User ${id}` }) },
      },
    },
    shipping: {
      sdl: `type Product @key(fields: "upc") {
        upc: ID! weight: Int! @external cost(factor: Int = 1): Int! @requires(fields: "weight") }`,
      resolvers: {
        Product: { cost: ({ weight }: { weight: number }, { factor }: { factor: number }) => weight * factor },
      },
    },
  });

/** Longer than a test takes: what can share a request, does. */
const PATIENCE_MS = 30_000;

async function run(graph: TestGraph, query: string, variables: Record<string, unknown> = {}, patienceMs = PATIENCE_MS) {
  const result = await runPlan(
    compilePlan(graph.plan(query), graph.types),
    variables,
    graph.types,
    graph.ask,
    () => patienceMs,
    () => true,
  );
  return {
    // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
    data: result.data as any,
    errors: result.errors.list,
    requests: graph.requests.map(({ subgraph, variables: text }) => [subgraph, JSON.parse(text)]),
  };
}

describe('a plan that is run', () => {
  it('asks for each entity once', async () => {
    const { data, requests } = await run(shop(), '{ reviews { author { name } product { name } } }');
    expect(data.reviews.map((review: { author: { name: string } }) => review.author.name)).toEqual([
      'User a',
      'User b',
      'User a',
    ]);
    expect(data.reviews[2].product.name).toBe('Chair');
    expect(requests).toHaveLength(3);
    expect(requests).toContainEqual([
      'users',
      {
        representations: [
          { __typename: 'User', id: 'a' },
          { __typename: 'User', id: 'b' },
        ],
      },
    ]);
    expect(requests).toContainEqual([
      'products',
      {
        representations: [
          { __typename: 'Product', upc: '1' },
          { __typename: 'Product', upc: '2' },
        ],
      },
    ]);
  });

  it('does not ask for what it knows already', async () => {
    const query = '{ reviews { author { name reviews { product { name reviews { author { name } } } } } } }';
    const { data, requests } = await run(shop(), query);
    expect(data.reviews[0].author.reviews[1].product.reviews[0].author.name).toBe('User a');
    // Authors at both depths are the same two: the second time nobody is asked.
    expect(requests.filter(([subgraph]) => subgraph === 'users')).toHaveLength(1);
  });

  it('asks one subgraph once for what can be asked at the same time', async () => {
    const { data, requests } = await run(
      shop(),
      '{ a: product(upc: "1") { reviews { id } } b: top { reviews { id } } }',
    );
    expect(data.a.reviews.map(({ id }: { id: string }) => id)).toEqual(['r1', 'r2']);
    expect(data.b[1].reviews.map(({ id }: { id: string }) => id)).toEqual(['r3']);
    expect(requests.map(([subgraph]) => subgraph)).toEqual(['products', 'reviews']);
  });

  it('asks once for what becomes ready about the same time, and waits no longer than it may', async () => {
    const asked = async (patienceMs: number) => {
      const graph = shop();
      const { ask } = graph;
      graph.ask = async (request) => {
        if (request.subgraph === 'users')
          await expect.poll(() => graph.requests.length).toBeGreaterThan(patienceMs === 0 ? 1 : 0);
        return ask(request);
      };
      const { data, requests } = await run(graph, '{ top { reviews { id } } me { reviews { id } } }', {}, patienceMs);
      expect(data).toMatchObject({ top: [{ reviews: [{ id: 'r1' }, { id: 'r2' }] }, {}], me: { reviews: [{}, {}] } });
      return requests.map(([subgraph]) => subgraph);
    };
    expect(await asked(PATIENCE_MS)).toEqual(['products', 'users', 'reviews']);
    // The first of them has gone before the other one could be asked for.
    expect(await asked(0)).toEqual(['products', 'reviews', 'users', 'reviews']);
  });

  it('sends what @requires names, and the variables of arguments', async () => {
    const query = 'query ($f: Int) { reviews { product { cost(factor: $f) } } }';
    const { data, requests } = await run(shop(), query, { f: 3 });
    expect(data.reviews.map(({ product }: { product: { cost: number } }) => product.cost)).toEqual([30, 30, 12]);
    expect(requests.at(-1)).toEqual([
      'shipping',
      {
        representations: [
          { __typename: 'Product', upc: '1', weight: 10 },
          { __typename: 'Product', upc: '2', weight: 4 },
        ],
        f: 3,
      },
    ]);
  });

  it('waits for nothing but what a fetch reads', async () => {
    const graph = shop();
    const held = Promise.withResolvers<void>();
    const { ask } = graph;
    graph.ask = async (request) => {
      if (request.subgraph === 'users') await held.promise;
      return ask(request);
    };
    const running = run(graph, '{ reviews { author { name } product { cost } } }');
    // The author is not there, and will not be; the product goes its own way.
    await expect.poll(() => graph.requests.map(({ subgraph }) => subgraph)).toContain('shipping');
    held.resolve();
    const { data } = await running;
    expect(data.reviews[1].author.name).toBe('User b');
  });

  it('puts the errors of an entity at each of its places', async () => {
    const graph = shop();
    const { ask } = graph;
    graph.ask = async (request) => {
      if (request.subgraph !== 'users') return ask(request);
      const error = { message: 'Gone.', path: ['_entities', 0, 'name'], extensions: { code: 'GONE' } };
      return { data: { _entities: [null, { name: 'User b' }] }, errors: [error] };
    };
    const { data, errors } = await run(graph, '{ reviews { author { name } } }');
    expect(data.reviews.map((review: { author: { name?: string } }) => review.author.name)).toEqual([
      undefined,
      'User b',
      undefined,
    ]);
    expect(errors).toEqual(
      [0, 2].map((index) => ({ message: 'Gone.', code: 'GONE', path: ['reviews', index, 'author', 'name'] })),
    );
  });

  it('says where something is missing when a whole fetch fails', async () => {
    const graph = shop();
    const { ask } = graph;
    graph.ask = async (request) =>
      request.subgraph === 'users'
        ? { data: null, errors: [{ message: 'Down.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] }
        : ask(request);
    const { errors } = await run(graph, '{ reviews { author { name } } }');
    expect(errors.map(({ path }) => path?.join('.'))).toEqual([0, 2, 1].map((n) => `reviews.${n}.author.name`));
  });

  it('leaves the prototype alone, whatever a subgraph answers', async () => {
    const graph = shop();
    const { ask } = graph;
    graph.ask = async (request) =>
      request.subgraph === 'users'
        ? JSON.parse('{"data":{"_entities":[{"__proto__":{"polluted":1},"name":"x"},{"name":"y"}]},"errors":[]}')
        : ask(request);
    const { data } = await run(graph, '{ reviews { author { name } } }');
    expect(data.reviews[0].author.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(data.reviews[0].author)).toBe(Object.prototype);
  });
});
