import { Supergraph } from '@apollo/federation-internals';
import { getOperationAST, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { normaliseOperation } from '../../planner/normalise-operation.ts';
import { compilePlan } from '../compiled-plan.ts';
import { type PreparedOperation, prepareOperation } from '../prepare-operation.ts';
import type { AskSubgraph, PlanRequest } from '../subgraph-access.ts';
import { graphOf, type TestGraph } from '../testing/graph-of.ts';
import { Recordings } from './recordings.ts';

/** Long enough to be worth a recording. */
const TEXT = 'long '.repeat(1000);
const QUERY = `query ($of: ID) {
  books(of: $of) { id text author { id name } stars }
  shops { id }
}`;

let books: { id: string; author: string; text: string }[];
let names: Record<string, string>;
let stars: () => number;

const library = () =>
  graphOf({
    books: {
      sdl: `type Query { books(of: ID): [Book!]! }
        type Book @key(fields: "id") { id: ID! text: String! author: Author! }
        type Author @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: { books: () => books },
        Book: { author: ({ author }: { author: string }) => ({ id: author }) },
      },
    },
    authors: {
      sdl: 'type Author @key(fields: "id") { id: ID! name: String! }',
      resolvers: { Author: { name: ({ id }: { id: string }) => names[id] } },
    },
    ratings: {
      sdl: 'type Book @key(fields: "id") { id: ID! stars: Int! }',
      resolvers: { Book: { stars: () => stars() } },
    },
    shops: {
      sdl: 'type Query { shops: [Shop!]! } type Shop { id: ID! }',
      resolvers: { Query: { shops: () => [{ id: 's1' }] } },
    },
  });

let graph: TestGraph;
let operation: PreparedOperation;
let recordings: Recordings;

beforeEach(() => {
  books = [
    { id: 'b1', author: 'a1', text: TEXT },
    { id: 'b2', author: 'a2', text: TEXT },
  ];
  names = { a1: 'Ann', a2: 'Bob', a3: 'Cem' };
  stars = () => 5;
  graph = library();
  operation = prepared(graph);
  recordings = new Recordings(1024 ** 2);
});

function prepared({ supergraphSdl, types, plan }: TestGraph, query = QUERY): PreparedOperation {
  const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
  const document = parse(query);
  const node = getOperationAST(document);
  if (node == null) throw new Error('no operation');
  const normal = normaliseOperation(schema, document, node);
  const compiled = compilePlan(normal.text === '' ? { kind: 'QueryPlan' } : plan(normal.text), types);
  return prepareOperation({ document, operation: node, normal, plan: compiled, schema, types });
}

interface Run {
  audience?: string;
  variables?: Record<string, unknown>;
  ask?: AskSubgraph;
}

/** What the client gets, and what subgraphs were asked for it. */
async function run({ audience = '', variables = {}, ask = graph.ask }: Run = {}) {
  graph.requests.length = 0;
  const result = await operation.execute({
    ...{ variables, ask, patienceMs: () => 5 },
    replay: { recordings, audience: () => audience },
  });
  const requests = [...graph.requests];
  return { result, data: JSON.parse(result.data), requests, compared: requests.filter(({ expected }) => expected) };
}

const runs = async (count: number, options?: Run) => {
  for (let index = 1; index < count; index++) await run(options);
  return run(options);
};

/** The first knows nothing of the answer's size, the second only that it was asked for, the third is recorded. */
const UNTIL_RECORDED = 3;

const asked = (requests: readonly PlanRequest[]) =>
  requests.map(({ subgraph, variables }) => `${subgraph} ${variables}`).sort();

describe('an operation that is asked for again and again', () => {
  it('is recorded, and answered from the recording while subgraphs say the same', async () => {
    const recorded = await runs(UNTIL_RECORDED);
    expect(recorded.compared).toEqual([]);
    const replayed = await run();
    expect(replayed.result).toBe(recorded.result);
    expect(replayed.compared).toHaveLength(4);
    expect(asked(replayed.requests)).toEqual(asked(recorded.requests));
  });

  it('is answered anew where what subgraphs say at first has changed', async () => {
    await runs(UNTIL_RECORDED + 1);
    books = [{ id: 'b3', author: 'a3', text: 'new' }];
    const { data, requests } = await run();
    expect(data).toEqual({
      books: [{ id: 'b3', text: 'new', author: { id: 'a3', name: 'Cem' }, stars: 5 }],
      shops: [{ id: 's1' }],
    });
    expect(asked(requests)).toEqual([
      'authors {"representations":[{"__typename":"Author","id":"a3"}]}',
      'books {}',
      'ratings {"representations":[{"__typename":"Book","id":"b3"}]}',
      'shops {}',
    ]);
  });

  it('is answered anew where what they say later has changed, and nothing is asked twice', async () => {
    await runs(UNTIL_RECORDED + 1);
    names.a2 = 'Bea';
    const { data, requests } = await run();
    expect(data.books.map(({ author }: { author: unknown }) => author)).toEqual([
      { id: 'a1', name: 'Ann' },
      { id: 'a2', name: 'Bea' },
    ]);
    expect(requests).toHaveLength(4);
    expect(new Set(asked(requests)).size).toBe(4);
  });

  it('is answered with the errors that subgraphs have now', async () => {
    await runs(UNTIL_RECORDED + 1);
    stars = () => {
      throw Object.assign(new Error('no'), { extensions: { code: 'NOT_FOUND' } });
    };
    const { result } = await run();
    expect(result.errors.map(({ code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });

  it('is not recorded with errors', async () => {
    stars = () => {
      throw new Error('no');
    };
    const { compared, result } = await runs(UNTIL_RECORDED + 1);
    expect(result.errors).not.toEqual([]);
    expect(compared).toEqual([]);
  });

  it('is recorded more and more seldom where subgraphs say something else each time', async () => {
    let count = 0;
    stars = () => count++;
    const compared: number[] = [];
    for (let index = 0; index < 40; index++) {
      const { data, compared: requests } = await run();
      expect(data.books[1].stars - data.books[0].stars).toBe(1);
      if (requests.length > 0) compared.push(index);
    }
    expect(compared).toEqual([3, 7, 13, 23]);
  });

  it('asks for what is ready at the same time at once, however the answers came before', async () => {
    await runs(UNTIL_RECORDED);
    const { promise: shopsMayAnswer, resolve } = Promise.withResolvers<void>();
    const ask: AskSubgraph = async (request) => {
      if (request.subgraph === 'shops') await shopsMayAnswer;
      const answer = await graph.ask(request);
      if (request.subgraph === 'ratings') resolve();
      return answer;
    };
    const { compared } = await run({ ask });
    expect(compared).toHaveLength(4);
  });
});

describe('a recording', () => {
  it('is also made of what asks no subgraph', async () => {
    operation = prepared(graph, '{ __schema { types { name fields { name } } directives { name description } } }');
    recordings = new Recordings(1024 ** 2, 0);
    const { result } = await runs(UNTIL_RECORDED - 1);
    expect((await run()).result).toBe(result);
  });

  it('is of one audience and one set of variables', async () => {
    await runs(UNTIL_RECORDED, { audience: 'ann', variables: { of: '1' } });
    for (const other of [
      { audience: 'bob', variables: { of: '1' } },
      { audience: 'ann', variables: { of: '2' } },
    ]) {
      expect((await run(other)).compared).toEqual([]);
    }
    expect((await run({ audience: 'ann', variables: { of: '1' } })).compared).toHaveLength(4);
  });

  it('is given up where others need its place', async () => {
    recordings = new Recordings(50_000);
    await runs(UNTIL_RECORDED, { variables: { of: '1' } });
    for (const of of ['2', '3']) await runs(UNTIL_RECORDED, { variables: { of } });
    expect((await run({ variables: { of: '3' } })).compared).toHaveLength(4);
    expect((await run({ variables: { of: '1' } })).compared).toEqual([]);
  });

  it('counts what it is compressed to, too', async () => {
    recordings = new Recordings(50_000);
    const recorded = await runs(UNTIL_RECORDED, { variables: { of: '1' } });
    recorded.result.grew?.(100);
    expect((await run({ variables: { of: '1' } })).compared).toHaveLength(4);
    recorded.result.grew?.(50_000);
    expect((await run({ variables: { of: '1' } })).compared).toEqual([]);
  });

  it('is not made where there is no memory for it', async () => {
    recordings = new Recordings(0);
    expect((await runs(UNTIL_RECORDED + 1)).compared).toEqual([]);
  });
});
