import { meros } from 'meros/browser';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { gatewayConfig } from '../src/config/gateway-config.ts';
import { type RunningGateway, startGateway } from '../src/start-gateway.ts';
import { type FakeSubgraph, startFakeSubgraph } from '../src/testing/fake-subgraph.ts';
import { compose } from '../src/testing/test-gateway.ts';
import { CURRENT, collected, FORMER, type Payload } from './testing/deferred-graph.ts';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", { name: "@cost", as: "@price" }, "@listSize"])`;
const MAX = 1000;
const products = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `${index}`, name: 'x' }));

const startCatalog = () =>
  startFakeSubgraph({
    name: 'catalog',
    sdl: `${LINK}
      type Query {
        products(first: Int = 5): ProductConnection @listSize(slicingArguments: ["first"], sizedFields: ["nodes"])
        shelves: [Shelf]
        top: [Product] @listSize(assumedSize: 4)
      }
      type Mutation { rename(input: Rename!): Product }
      input Rename { id: ID! name: String! }
      type ProductConnection { nodes: [Product] total: Int }
      type Shelf { name: String products: [Product] }
      type Product @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Query: {
        products: (_: unknown, { first }: { first: number }) => ({ nodes: products(Math.min(3, first)), total: 3 }),
        shelves: () => [{ name: 'a', products: products(2) }],
        top: () => products(2),
      },
      Mutation: { rename: (_: unknown, { input }: { input: object }) => input },
      Product: { __resolveReference: (product: object) => product },
    },
  });

const startReviews = () =>
  startFakeSubgraph({
    name: 'reviews',
    sdl: `${LINK}
      type Product @key(fields: "id") {
        id: ID!
        reviews(first: Int): [Review]
          @listSize(slicingArguments: ["first"], assumedSize: 3, requireOneSlicingArgument: false)
      }
      type Review @price(weight: 2) { text: String, old: String @deprecated(reason: "It is old.") }`,
    resolvers: {
      Product: { __resolveReference: (product: object) => product, reviews: () => [{ text: 'good' }] },
    },
  });

let catalog: FakeSubgraph;
let reviews: FakeSubgraph;
const logLines: string[] = [];

const start = (config: z.input<typeof gatewayConfig>): Promise<RunningGateway> =>
  startGateway(
    gatewayConfig.parse({
      server: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      rateLimit: { enabled: false },
      ...config,
    }),
    {
      supergraphSdl: compose([catalog, reviews]),
      logDestination: { write: (line) => logLines.push(line) },
      processMetrics: false,
    },
  );

async function ask(gateway: RunningGateway, query: string, variables = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of many shapes
  return { status: response.status, ...((await response.json()) as any) };
}

async function askInParts(
  gateway: RunningGateway,
  query: string,
  accept: string,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify({ query }),
  });
  const parts = await meros<Payload>(response);
  if (parts instanceof Response) throw new Error('an answer without parts');
  return (await collected(parts)).map(({ body }) => body);
}

const TOLD = { 'x-graphql-cost': '1' };
const fetches = () => catalog.requests.length + reviews.requests.length;

beforeAll(async () => {
  [catalog, reviews] = await Promise.all([startCatalog(), startReviews()]);
});
afterAll(() => Promise.all([catalog.close(), reviews.close()]));
beforeEach(() => {
  catalog.requests.length = 0;
  reviews.requests.length = 0;
  logLines.length = 0;
});

describe('Cost: over budget is rejected before any fetch', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await start({ cost: { maxPerRequest: MAX } });
  });
  afterAll(() => gateway.stop());

  /** Its estimate is over the budget, and no subgraph hears of it. */
  async function expectRefused(query: string, estimated: number, variables = {}) {
    const before = fetches();
    const { status, data, errors, extensions } = await ask(gateway, query, variables);
    expect(errors).toEqual([
      {
        message: `The operation is estimated to cost ${estimated}; a request may cost ${MAX}.`,
        extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE', requestId: expect.any(String) },
      },
    ]);
    expect({ status, data, extensions }).toEqual({ status: 400, extensions: { cost: { estimated, max: MAX } } });
    expect(fetches()).toBe(before);
  }

  async function expectAccepted(query: string, estimated: number, variables = {}) {
    const { status, errors, extensions } = await ask(gateway, query, variables, TOLD);
    expect(errors).toBeUndefined();
    expect({ status, estimated: extensions.cost.estimated }).toEqual({ status: 200, estimated });
    expect(fetches()).toBeGreaterThan(0);
  }

  test('by a slicing argument that sizes a connection’s nodes', async () => {
    await expectRefused('{ products(first: 1000) { nodes { name } } }', 1001);
    await expectAccepted('{ products(first: 999) { nodes { name } } }', 1000);
  });
  test('by the default of a slicing argument', () => expectAccepted('{ products { nodes { name } } }', 6));
  test('by an enormous `first` in a variable', async () => {
    const query = 'query ($n: Int) { products(first: $n) { nodes { name } } }';
    await expectRefused(query, 1_000_000_000, { n: 2_147_483_647 });
    await expectAccepted(query, 3, { n: 2 });
  });
  test('by slicing arguments inside each other, across subgraphs', async () => {
    await expectRefused('{ products(first: 50) { nodes { reviews(first: 10) { text } } } }', 1 + 50 * (1 + 10 * 2));
    await expectAccepted('{ products(first: 2) { nodes { reviews(first: 10) { text } } } }', 1 + 2 * (1 + 10 * 2));
  });
  test('by the size that is assumed of a list, where there is one', async () => {
    await expectAccepted('{ top { reviews { text } } }', 4 * (1 + 3 * 2));
  });
  test('by ten for each list that is not annotated', async () => {
    await expectAccepted('{ shelves { products { name } } }', 10 * (1 + 10));
    await expectRefused('{ shelves { products { name reviews(first: 5) { text } } } }', 10 * (1 + 10 * (1 + 5 * 2)));
  });
  test('whatever fragments it hides in', async () => {
    const fragments = `
      fragment A on Query { ... on Query { ...B } }
      fragment B on Query { products(first: 100) { ...C } }
      fragment C on ProductConnection { nodes { ... @include(if: true) { reviews(first: 5) { text } } } }`;
    await expectRefused(`{ ...A } ${fragments}`, 1 + 100 * 11);
  });
  test('as aliases multiply', async () => {
    const aliased = Array.from({ length: 10 }, (_, index) => `a${index}: products(first: 100) { nodes { name } }`);
    await expectRefused(`{ ${aliased.join(' ')} }`, 1010);
  });
  test('what is skipped costs nothing', async () => {
    const query = 'query ($all: Boolean!) { top { name } products(first: 5000) @include(if: $all) { nodes { id } } }';
    await expectAccepted(query, 4, { all: false });
    await expectRefused(query, 4 + 5001, { all: true });
  });
  test('a mutation costs ten beside', async () => {
    await expectAccepted('mutation { rename(input: { id: "1", name: "y" }) { name } }', 10 + 1 + 1);
  });
  test('by 200 with `application/json`, as what else is wrong with a well-formed request', async () => {
    const accept = { accept: 'application/json' };
    const { status, errors } = await ask(gateway, '{ products(first: 1000) { nodes { name } } }', {}, accept);
    expect({ status, code: errors[0].extensions.code }).toEqual({ status: 200, code: 'COST_ESTIMATED_TOO_EXPENSIVE' });
  });

  test('a slicing argument that has to be there is asked for', async () => {
    const { status, errors } = await ask(gateway, '{ products(first: null) { nodes { name } } }');
    expect(status).toBe(400);
    expect(errors[0]).toMatchObject({
      message: 'The field products needs exactly one of its arguments first.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(fetches()).toBe(0);
  });

  test('`extensions.cost` tells who asks for it, what was estimated, and what is in the answer', async () => {
    const query = '{ products(first: 100) { nodes { name reviews { text } } } }';
    const { data, extensions } = await ask(gateway, query, {}, TOLD);
    expect(extensions).toEqual({ cost: { estimated: 1 + 100 * (1 + 3 * 2), actual: 1 + 3 * (1 + 2), max: MAX } });
    const untold = await ask(gateway, query);
    expect(untold).toEqual({ status: 200, data });
  });

  test.each([CURRENT, FORMER])(
    '`extensions.cost` of an answer in parts has with the last what all of it costs: %s',
    async (accept) => {
      const fields = 'reviews(first: 2) { text old }';
      const whole = await ask(gateway, `{ top { name ${fields} } }`, {}, TOLD);
      const headers = { ...TOLD, 'x-graphql-deprecations': '1' };
      const parts = await askInParts(gateway, `{ top { name ... @defer { ${fields} } } }`, accept, headers);
      const { actual, ...cost } = whole.extensions.cost;
      expect(actual).toBe(2 * (1 + 2));
      expect(parts.map(({ extensions, hasNext }) => [extensions, hasNext])).toEqual([
        [{ cost, deprecations: [{ coordinate: 'Review.old', reason: 'It is old.' }] }, true],
        [{ cost: { ...cost, actual } }, false],
      ]);
      const untold = await askInParts(gateway, `{ top { name ... @defer { ${fields} } } }`, accept);
      expect(untold.map(({ extensions }) => extensions)).toEqual([undefined, undefined]);
    },
  );

  test('access lines and metrics tell it', async () => {
    await ask(gateway, 'query Told { top { name } }');
    await ask(gateway, 'query Refused { products(first: 5000) { nodes { name } } }');
    const lines = logLines.map((line) => JSON.parse(line));
    expect(lines.find(({ operation }) => operation === 'Told')).toMatchObject({ cost: 4 });
    expect(lines.find(({ operation }) => operation === 'Refused')).toMatchObject({ cost: 5001, limit: 'cost' });
    const text = await gateway.metrics.scrape();
    expect(text).toMatch(/graphql_limits_hit_total\{limit="cost",.*\} [1-9]/);
    expect(text).toMatch(/graphql_operation_cost_count\{.*kind="estimated".*\} \d\d/);
    // The first that is executed is measured, and then one of a hundred.
    expect(text).toMatch(/graphql_operation_cost_count\{.*kind="actual".*\} 1\n/);
  });
});

describe('Cost: answers that several requests share', () => {
  test('tell each what it asked for', async () => {
    const gateway = await start({ sharing: { inbound: true } });
    try {
      const query = '{ top { name } }';
      const answers = await Promise.all([TOLD, {}, TOLD, {}].map((headers) => ask(gateway, query, {}, headers)));
      expect(answers.map(({ extensions }) => extensions?.cost?.actual)).toEqual([2, undefined, 2, undefined]);
      expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    } finally {
      await gateway.stop();
    }
  });
});

describe('Cost: modes', () => {
  const query = '{ products(first: 5000) { nodes { name } } }';

  test('`measure` refuses nothing', async () => {
    const gateway = await start({ cost: { mode: 'measure', maxPerRequest: MAX } });
    try {
      const { status, extensions } = await ask(gateway, query, {}, TOLD);
      expect({ status, extensions }).toEqual({
        status: 200,
        extensions: { cost: { estimated: 5001, actual: 4, max: MAX } },
      });
      expect(await ask(gateway, '{ products(first: null) { nodes { id } } }')).toMatchObject({ status: 200 });
    } finally {
      await gateway.stop();
    }
  });

  test('`off` estimates nothing', async () => {
    const gateway = await start({ cost: { mode: 'off', maxPerRequest: MAX } });
    try {
      const { status, extensions } = await ask(gateway, query, {}, TOLD);
      expect({ status, extensions }).toEqual({ status: 200 });
      expect(await gateway.metrics.scrape()).not.toContain('graphql_operation_cost');
    } finally {
      await gateway.stop();
    }
  });
});
