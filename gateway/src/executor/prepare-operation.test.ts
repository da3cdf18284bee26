import { Supergraph } from '@apollo/federation-internals';
import { type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { compilePlan } from './compiled-plan.ts';
import { prepareOperation } from './prepare-operation.ts';
import { graphOf, type TestGraph } from './testing/graph-of.ts';

const book = { __typename: 'Book', id: 'b1', title: 'Emma', pages: 474, genre: 'NOVEL', tags: [['a'], ['b', null]] };
const THINGS = [book, { __typename: 'Film', id: 'f1', title: 'Alien', minutes: 117, genre: 'HIDDEN', tags: null }];

const graph = (): TestGraph =>
  graphOf({
    things: {
      sdl: `type Query { things: [Thing!]! thing(id: ID!): Thing required: Thing! }
        interface Thing @key(fields: "id") { id: ID! title: String! genre: Genre tags: [[String]!] }
        type Book implements Thing @key(fields: "id") {
          id: ID! title: String! genre: Genre tags: [[String]!] pages: Int! }
        type Film implements Thing @key(fields: "id") {
          id: ID! title: String! genre: Genre tags: [[String]!] minutes: Int! }
        enum Genre { NOVEL HIDDEN @inaccessible }`,
      resolvers: {
        Query: {
          things: () => THINGS,
          thing: (_: unknown, { id }: { id: string }) => THINGS.find((thing) => thing.id === id),
          required: () => THINGS[0],
        },
      },
    },
    ratings: {
      sdl: `type Book @key(fields: "id") { id: ID! stars: Int! similar(first: Int = 1): [Book!]! }
        type Film @key(fields: "id") { id: ID! stars: Int }`,
      resolvers: {
        Book: {
          __resolveReference: (book: object) => book,
          stars: () => 5,
          similar: (_: unknown, { first }: { first: number }) => Array.from({ length: first }, () => ({ id: 'b1' })),
        },
        Film: {
          __resolveReference: (film: object) => film,
          stars: () => {
            throw new Error('nobody has seen it');
          },
        },
      },
    },
  });

describe('an operation', () => {
  let shop: TestGraph;
  let schema: GraphQLSchema;
  beforeAll(() => {
    shop = graph();
    schema = Supergraph.build(shop.supergraphSdl).apiSchema().toGraphQLJSSchema();
  });

  async function run(source: string, variables: Record<string, unknown> = {}) {
    const document = parse(source);
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document);
    if (operation == null) throw new Error('no operation');
    const normal = normaliseOperation(schema, document, operation);
    const plan = compilePlan(normal.text === '' ? { kind: 'QueryPlan' } : shop.plan(normal.text), shop.types);
    const { data, errors } = await prepareOperation({
      ...{ document, operation, normal, plan, schema },
      types: shop.types,
    }).execute({ variables, ask: shop.ask, patienceMs: () => 0 });
    return { data: JSON.parse(data), text: data, errors: errors.map(({ code, path }) => [code, path?.join('.')]) };
  }

  it('is answered in JSON whatever its strings have in them', async () => {
    const title = 'a "quote"\n\\ \u0000 \ud800 é 😀';
    book.title = title;
    const { data } = await run('{ thing(id: "b1") { title stars: title id } }');
    book.title = 'Emma';
    expect(data).toEqual({ thing: { title, stars: title, id: 'b1' } });
    expect(await run('{ thing(id: "b1") { title } }')).toMatchObject({ text: '{"thing":{"title":"Emma"}}' });
  });

  it('is answered under the client’s names, in the client’s order', async () => {
    const { text } = await run('{ all: things { ... on Film { length: minutes } id: title __typename } }');
    expect(text).toBe('{"all":[{"id":"Emma","__typename":"Book"},{"length":117,"id":"Alien","__typename":"Film"}]}');
  });

  it('has literals as variables: another one has the same plan', async () => {
    const [one, other] = ['b1', 'f1'].map((id) => {
      const document = parse(`{ thing(id: "${id}") { title } }`);
      return normaliseOperation(schema, document, document.definitions[0] as never).text;
    });
    expect(one).toBe(other);
    expect((await run('{ a: thing(id: "b1") { title } b: thing(id: "f1") { title } }')).data).toEqual({
      a: { title: 'Emma' },
      b: { title: 'Alien' },
    });
  });

  it('leaves out what @skip and @include leave out', async () => {
    const query = `query ($yes: Boolean!, $no: Boolean!) {
      things { title @skip(if: $yes) id @include(if: $yes) ... @include(if: $no) { title tags } } }`;
    const { data } = await run(query, { yes: true, no: false });
    expect(data).toEqual({ things: [{ id: 'b1' }, { id: 'f1' }] });
  });

  it('has null where a subgraph has failed, and the error at the client’s path', async () => {
    const { data, errors } = await run('{ things { ... on Film { rating: stars } } }');
    expect(data).toEqual({ things: [{}, { rating: null }] });
    expect(errors).toEqual([['INTERNAL_SERVER_ERROR', 'things.1.rating']]);
  });

  it('lets a null go up to where it may be', async () => {
    const { ask } = shop;
    const broken: TestGraph['ask'] = async (request) => {
      const answer = await ask(request);
      if (request.subgraph !== 'ratings') return answer;
      return { data: { _entities: [{ stars: null }] }, errors: [] };
    };
    shop.ask = broken;
    const nullable = await run('{ thing(id: "b1") { ... on Book { stars } } }');
    const required = await run('{ required { ... on Book { stars } } }');
    shop.ask = ask;
    expect([nullable.data, nullable.errors]).toEqual([{ thing: null }, [['SUBGRAPH_RESPONSE_INVALID', 'thing.stars']]]);
    expect([required.data, required.errors]).toEqual([null, [['SUBGRAPH_RESPONSE_INVALID', 'required.stars']]]);
  });

  it('shows no value that clients do not know', async () => {
    const { data, errors } = await run('{ things { genre tags } }');
    expect(data).toEqual({
      things: [
        { genre: 'NOVEL', tags: [['a'], ['b', null]] },
        { genre: null, tags: null },
      ],
    });
    expect(errors).toEqual([['SUBGRAPH_RESPONSE_INVALID', 'things.1.genre']]);
  });

  it('answers introspection and the root’s __typename by itself', async () => {
    const { data } = await run(
      '{ __typename __type(name: "Genre") { values: enumValues { name } ...N } } fragment N on __Type { kind }',
    );
    expect(data).toEqual({ __typename: 'Query', __type: { values: [{ name: 'NOVEL' }], kind: 'ENUM' } });
  });
});
