import { Supergraph } from '@apollo/federation-internals';
import { type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IncrementalFormat } from '../../http/accept.ts';
import { firstMembers, payloadText } from '../../incremental/payload-text.ts';
import { mergePayloads } from '../../incremental/testing/merge-payloads.ts';
import { normaliseOperation } from '../../planner/normalise-operation.ts';
import { compilePlan } from '../compiled-plan.ts';
import type { IncrementalUpdate } from '../incremental-result.ts';
import { prepareOperation } from '../prepare-operation.ts';
import type { AskSubgraph, PlanRequest } from '../subgraph-access.ts';
import { graphOf, type TestGraph } from '../testing/graph-of.ts';

const byKey = { __resolveReference: (entity: object) => entity };

const graph = (): TestGraph =>
  graphOf({
    orders: {
      sdl: `type Query { order: Order orders: [Order!] }
        type Order @key(fields: "id") { id: ID! lines: [Line!]! related: [Order!]! wanted: [Book] same: [Book!] }
        type Line { number: Int! grid: [[Book!]!]! book: Book! }
        type Book @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: { order: () => ({ id: 'o4' }), orders: () => ['o1', 'o2', 'o3'].map((id) => ({ id })) },
        Order: {
          ...byKey,
          related: () => ['o1', 'o2'].map((id) => ({ id })),
          same: () => ['b1', 'b1', 'b1'].map((id) => ({ id })),
          wanted: () => ['b1', 'b2', 'b3'].map((id) => ({ id })),
          lines: ({ id }: { id: string }) => [1, 2, 3].map((number) => ({ number, book: { id: `${id}b${number}` } })),
        },
        Line: { grid: ({ book }: { book: object }) => [[book], [book, book]] },
      },
    },
    books: {
      sdl: 'type Book @key(fields: "id") { id: ID! title: String! weight: Int pages: [Page!] sequels: [Book!] } type Page { number: Int }',
      resolvers: {
        Book: {
          ...byKey,
          title: ({ id }: { id: string }) => `Title of ${id}`,
          weight: () => 2,
          sequels: ({ id }: { id: string }) => [1, 2].map((number) => ({ id: `${id}-${number}` })),
        },
      },
    },
    post: {
      sdl: `type Order @key(fields: "id") {
          id: ID! postage: Int @requires(fields: "lines { book { weight } }") lines: [Line!]! @external }
        type Line { book: Book! @external }
        type Book @key(fields: "id") { id: ID! weight: Int @external note: String }`,
      resolvers: {
        Book: { ...byKey, note: ({ id }: { id: string }) => `Note on ${id}` },
        Order: {
          ...byKey,
          postage: ({ lines }: { lines: { book: { weight: number } }[] }) =>
            lines.reduce((sum, { book: { weight } }) => sum + weight, 0),
        },
      },
    },
  });

/** Of the entities that a subgraph is asked for. */
const idsOf = ({ variables }: PlanRequest): string[] =>
  (JSON.parse(variables).representations ?? []).map(({ id }: { id: string }) => id);

const UNAVAILABLE = { data: null, errors: [{ message: 'Not there.', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] };

/** Walking through it fails, and nobody can say for which place. */
const TOO_DEEP = Object.defineProperty({}, '_entities', {
  enumerable: true,
  get() {
    throw new RangeError('Maximum call stack size exceeded');
  },
});

describe('a streamed list', () => {
  let shop: TestGraph;
  let schema: GraphQLSchema;
  beforeAll(() => {
    shop = graph();
    schema = Supergraph.build(shop.supergraphSdl).apiSchema().toGraphQLJSSchema();
  });
  beforeEach(() => void shop.requests.splice(0));

  async function run(
    source: string,
    ask: AskSubgraph = shop.ask,
    variables: Record<string, unknown> = {},
    planFetches?: number,
  ) {
    const document = parse(source);
    const operation = getOperationAST(document);
    if (operation == null) throw new Error('no operation');
    const normal = normaliseOperation(schema, document, operation, undefined, new Set());
    const { types } = shop;
    const plan = compilePlan(shop.plan(normal.text), types);
    const parts = { document, operation, normal, plan, schema, types, ...(planFetches && { planFetches }) };
    const { executeIncrementally } = prepareOperation(parts);
    if (executeIncrementally === undefined) return undefined;
    const { initial, pending, updates } = await executeIncrementally({ variables, ask, patienceMs: () => 0 });
    const askedAtFirst = shop.requests.map((request) => [request.subgraph, ...idsOf(request)]);
    const later: IncrementalUpdate[] = [];
    for await (const update of updates ?? []) later.push(update);
    const items = later.flatMap(({ incremental }) =>
      incremental.flatMap((one) => ('items' in one ? [{ ...one, items: JSON.parse(one.items) }] : [])),
    );
    const merged = (format: IncrementalFormat) => {
      const first = `{${[`"data":${initial.data}`, ...firstMembers(pending, format)]}}`;
      const texts = [first, ...later.flatMap((update) => payloadText(update, format, '') ?? [])];
      return mergePayloads(texts.map((text) => JSON.parse(text))).data;
    };
    // Whatever comes, comes behind what it is in.
    const [whole, former] = [merged('v0.2'), merged('20220824')];
    expect(former).toEqual(whole);
    return { data: JSON.parse(initial.data), errors: initial.errors, askedAtFirst, later, items, whole };
  }

  it('is asked for in two requests, of which the first has what the first payload needs', async () => {
    const result = await run('{ orders { lines @stream(initialCount: 1) { book { title } } } }');
    expect(result?.data.orders[1]).toEqual({ lines: [{ book: { title: 'Title of o2b1' } }] });
    expect(result?.askedAtFirst).toEqual([
      ['orders'],
      ['books', 'o1b1', 'o2b1', 'o3b1'],
      ['books', 'o1b2', 'o1b3', 'o2b2', 'o2b3', 'o3b2', 'o3b3'],
    ]);
    expect(result?.items.map(({ part, index }) => [part.path, index])).toEqual(
      [0, 1, 2].map((order) => [['orders', order, 'lines'], 1]),
    );
  });

  it('inside of another: the requests are for the items of both', async () => {
    const result = await run(
      '{ orders @stream(initialCount: 1) { id lines @stream(initialCount: 2) { book { title } } } }',
    );
    expect(result?.askedAtFirst.slice(1).toSorted()).toEqual([
      ['books', 'o1b1', 'o1b2'],
      ['books', 'o1b3'],
      ['books', 'o2b1', 'o2b2', 'o3b1', 'o3b2'],
      ['books', 'o2b3', 'o3b3'],
    ]);
    expect(result?.items).toHaveLength(1 + 3);
  });

  it('of lists: its items are those of the outer one', async () => {
    const result = await run('{ orders { lines { grid @stream(initialCount: 1) { title } } } }');
    expect(result?.data.orders[0].lines[0]).toEqual({ grid: [[{ title: 'Title of o1b1' }]] });
    expect(result?.items[0]).toMatchObject({ index: 1, items: [[{ title: 'Title of o1b1' }, {}]] });
  });

  it('that something outside of it requires waits for all of its items, and comes in parts all the same', async () => {
    const held = Promise.withResolvers<void>();
    const asked: string[][] = [];
    const ask: AskSubgraph = async (request) => {
      asked.push([request.subgraph, ...idsOf(request)]);
      if (request.subgraph === 'books' && idsOf(request).includes('o1b2')) await held.promise;
      return shop.ask(request);
    };
    const running = run('{ orders { postage lines @stream(initialCount: 1) { book { weight title } } } }', ask);
    await expect.poll(() => asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.map(([subgraph]) => subgraph)).not.toContain('post');
    held.resolve();
    const result = await running;
    expect(result?.data.orders[0]).toEqual({ postage: 6, lines: [{ book: { weight: 2, title: 'Title of o1b1' } }] });
    expect(result?.items).toHaveLength(3);
  });

  it('of which the first items are there: what is missing of the others is theirs', async () => {
    const ask: AskSubgraph = (request) =>
      idsOf(request).includes('o1b2') ? Promise.resolve(UNAVAILABLE) : shop.ask(request);
    const result = await run('{ orders { id lines @stream(initialCount: 1) { book { id weight } } } }', ask);
    expect(result?.errors).toEqual([]);
    expect(result?.items[0]?.items).toEqual(['o1b2', 'o1b3'].map((id) => ({ book: { id, weight: null } })));
    expect(result?.items[0]?.errors.map(({ path }) => path?.join('.'))).toEqual([
      'orders.0.lines.1.book.weight',
      'orders.0.lines.2.book.weight',
    ]);
    const nulled = await run('{ orders { id lines @stream(initialCount: 1) { number book { title } } } }', ask);
    expect(nulled?.items).toEqual([]);
    const { completed } = nulled?.later.at(-1) ?? {};
    expect(completed?.map(({ index, errors }) => [index, errors?.length])).toEqual([1, 1, 1].map((at) => [at, 1]));
  });

  it.each([
    ['first', 'b1', 'b2', ['UNAVAILABLE', 0], ['INVALID', 1]],
    ['later', 'b2', 'b1', ['INVALID', 0], ['UNAVAILABLE', 1]],
  ])('whose %s items are lost: a null among the others is told all the same', async (_which, lost, nil, ...told) => {
    const titleOf = (id: string) => ({ __typename: 'Book', title: id === nil ? null : id });
    const ask: AskSubgraph = async (request) => {
      const ids = idsOf(request);
      if (ids.includes(lost)) return UNAVAILABLE;
      return ids.length === 0 ? shop.ask(request) : { data: { _entities: ids.map(titleOf) }, errors: [] };
    };
    const result = await run('{ order { wanted @stream(initialCount: 1) { title } } }', ask);
    const errors = [...(result?.errors ?? []), ...(result?.items.flatMap((items) => items.errors) ?? [])];
    const codes = errors.map(({ code, path }) => [code.split('_').at(-1), path?.[2]]);
    expect(codes.filter(([, index]) => index !== 2)).toEqual(told);
  });

  it('of equal items: those of a slice become one, as without parts, and nothing is copied for each', async () => {
    const [items, pages] = [2100, Array.from({ length: 250 }, (_, number) => ({ number }))];
    const book = { __typename: 'Book', id: 'b1' };
    const order = () => ({
      order: { __typename: 'Order', id: 'o1', wanted: Array.from({ length: items }, () => ({ ...book })) },
    });
    const ask: AskSubgraph = async (request) => ({
      data: idsOf(request).length === 0 ? order() : { _entities: idsOf(request).map(() => ({ title: 'T', pages })) },
      errors: [],
    });
    const result = await run('{ order { wanted @stream(initialCount: 2) { title pages { number } } } }', ask);
    expect(result?.items.flatMap(({ errors }) => errors)).toEqual([]);
    expect(result?.whole).toEqual({ order: { wanted: Array(items).fill({ title: 'T', pages }) } });
  });

  it('in items that are equal: each of them has its own', async () => {
    const result = await run(
      '{ order { same @stream(initialCount: 1) { title sequels @stream(initialCount: 1) { note } } } }',
    );
    const sequels = ['b1-1', 'b1-2'].map((id) => ({ note: `Note on ${id}` }));
    expect(result?.whole).toEqual({ order: { same: Array(3).fill({ title: 'Title of b1', sequels }) } });
    expect(result?.items.map(({ part, index }) => [...part.path, index]).toSorted()).toEqual([
      ['order', 'same', 0, 'sequels', 1],
      ['order', 'same', 1],
      ['order', 'same', 1, 'sequels', 1],
      ['order', 'same', 2, 'sequels', 1],
    ]);
  });

  it('whose later items are there before the first: what went wrong with them is told with them', async () => {
    const later = Promise.withResolvers<void>();
    const ask: AskSubgraph = async (request) => {
      const answer = await shop.ask(request);
      if (request.subgraph !== 'books') return answer;
      if (idsOf(request).includes('o1b1')) {
        await later.promise;
        return answer;
      }
      setImmediate(later.resolve);
      return { ...answer, data: TOO_DEEP };
    };
    const result = await run('{ orders { lines @stream(initialCount: 1) { book { id weight } } } }', ask);
    expect(result?.errors).toEqual([]);
    expect(result?.items.flatMap(({ errors }) => errors)).toEqual([
      { message: expect.any(String), code: 'SUBGRAPH_RESPONSE_INVALID', path: undefined, isLater: true },
    ]);
  });

  it('in a fragment that comes late, of which all is there before', async () => {
    const titles = Promise.withResolvers<void>();
    const ask: AskSubgraph = async (request) => {
      if (request.subgraph === 'post') await titles.promise;
      const answer = await shop.ask(request);
      if (request.query.includes('title')) setImmediate(titles.resolve);
      return answer;
    };
    const result = await run(
      `{ order { id } ...@defer {
        order { postage }
        orders @stream { id lines @stream { book { weight } ...@defer { book { title } } } } } }`,
      ask,
    );
    expect(result?.items).toHaveLength(1 + 3);
    const lines = (id: string) => [1, 2, 3].map((line) => ({ book: { weight: 2, title: `Title of ${id}b${line}` } }));
    expect(result?.whole).toEqual({
      order: { id: 'o4', postage: 6 },
      orders: ['o1', 'o2', 'o3'].map((id) => ({ id, lines: lines(id) })),
    });
  });

  it('is none where nothing is fetched below it, or a fragment of outside reaches into it', async () => {
    expect(await run('{ orders { lines @stream { number } } }')).toBeUndefined();
    const result = await run(`{ orders { id lines @stream { number book { title } } ...@defer { postage } } }`);
    expect(result?.items).toHaveLength(3);
    const reached = await run(
      '{ orders { id lines @stream { number book { title } } ...@defer { lines @stream { book { weight } } } } }',
    );
    expect(reached?.data.orders[0].lines).toHaveLength(3);
    expect(reached?.items).toEqual([]);
  });

  it('deep inside of others comes with them: no more calls are made than a plan may have', async () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'lines { book { title } }' : `related @stream(initialCount: 1) { ${nested(depth - 1)} }`;
    const result = await run(`{ orders { ${nested(7)} } }`);
    const lists = new Set(result?.items.map(({ part }) => part.path.filter((key) => key === 'related').length));
    expect([...lists].toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(shop.requests).toHaveLength(1 + 2 ** 5);
  });

  it('adds no more calls than the limit of a plan leaves', async () => {
    const query = '{ orders { lines @stream(initialCount: 1) { book { title } } } }';
    expect(await run(query, shop.ask, {}, 2)).toBeUndefined();
    expect((await run(query, shop.ask, {}, 3))?.items).toHaveLength(3);
  });

  it('takes how many come first from a variable', async () => {
    const result = await run(
      'query($representations: Int) { orders @stream(initialCount: $representations) { lines { book { title } } } }',
      shop.ask,
      { representations: 2 },
    );
    expect(result?.data.orders).toHaveLength(2);
  });
});
