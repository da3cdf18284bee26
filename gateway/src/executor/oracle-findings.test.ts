import { Supergraph } from '@apollo/federation-internals';
import { getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { normaliseOperation } from '../planner/normalise-operation.ts';
import { compilePlan } from './compiled-plan.ts';
import { prepareOperation } from './prepare-operation.ts';
import { graphOf, type SubgraphParts, type TestGraph } from './testing/graph-of.ts';

/** The client's answer; errors as `CODE at.path`. */
async function answer(
  { supergraphSdl, types, plan, ask }: TestGraph,
  source: string,
  variables: Record<string, unknown> = {},
) {
  const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema();
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('no operation');
  const normal = normaliseOperation(schema, document, operation);
  const compiled = compilePlan(plan(normal.text), types);
  const prepared = prepareOperation({ document, operation, normal, plan: compiled, schema, types });
  const { data, errors } = await prepared.execute({ variables, ask, patienceMs: () => 0 });
  return { data: JSON.parse(data), errors: errors.map(({ code, path }) => `${code} ${path?.join('.')}`) };
}

const fails = () => {
  throw new Error('out of order');
};

/** Each was an answer of ours that differed from graphql-js's (src/oracle). */
describe('found by the oracle', () => {
  describe('a field that the client and another subgraph ask for with other arguments', () => {
    const parcels: Record<string, SubgraphParts> = {
      products: {
        sdl: `type Query { product: Product } type Product @key(fields: "id") { id: ID! weight(unit: String): String }`,
        resolvers: {
          Query: { product: () => ({ id: '1' }) },
          Product: {
            __resolveReference: (product: object) => product,
            weight: (_: unknown, { unit }: { unit?: string }) => `1 ${unit ?? 'kg'}`,
          },
        },
      },
      shipping: {
        sdl: `type Product @key(fields: "id") { id: ID! weight(unit: String): String @external
          label: String @requires(fields: "weight(unit: \\"g\\")") }`,
        resolvers: {
          Product: {
            __resolveReference: (product: object) => product,
            label: ({ weight }: { weight: string }) => weight,
          },
        },
      },
    };

    it.each([
      ['none', 'weight', '1 kg'],
      ['others', 'weight(unit: "oz")', '1 oz'],
      ['the same', 'weight(unit: "g")', '1 g'],
    ])('is two fields: %s', async (_which, field, weight) => {
      expect(await answer(graphOf(parcels), `{ product { label ${field} } }`)).toEqual({
        ...{ data: { product: { label: '1 g', weight } }, errors: [] },
      });
    });
  });

  describe('an interface object', () => {
    const media = (derived: () => unknown): Record<string, SubgraphParts> => ({
      library: {
        sdl: `type Query { media: [Media!]! }
          interface Media @key(fields: "id") { id: ID! title: String }
          type Book implements Media @key(fields: "id") { id: ID! title: String }
          type Film implements Media @key(fields: "id") { id: ID! title: String }`,
        resolvers: {
          Query: {
            media: () => [
              { __typename: 'Book', id: 'b', title: 'Emma' },
              { __typename: 'Film', id: 'f', title: 'Alien' },
            ],
          },
        },
      },
      reviews: {
        sdl: `type Query { rated: [Media!]! }
          type Media @interfaceObject @key(fields: "id") {
            id: ID! title: String @external stars: Int! praise: String @requires(fields: "title") note: String }`,
        resolvers: {
          Query: { rated: () => [{ id: 'b' }] },
          Media: {
            __resolveReference: (media: object) => media,
            stars: () => 5,
            praise: ({ title }: { title?: string }) => (title === undefined ? fails() : `Read ${title}!`),
            note: derived,
          },
        },
      },
    });

    it('needs no type where none is asked for', async () => {
      expect(await answer(graphOf(media(fails)), '{ rated { stars } }')).toEqual({
        ...{ data: { rated: [{ stars: 5 }] }, errors: [] },
      });
    });

    it('needs no type where what another subgraph would tell of it is skipped', async () => {
      const { library, reviews } = media(fails) as { library: SubgraphParts; reviews: SubgraphParts };
      library.resolvers.Media = { __resolveReference: () => ({ __typename: 'Film', title: 'Alien' }) };
      const query = 'query ($skip: Boolean!) { rated { id title @skip(if: $skip) } }';
      const rated = async (skip: boolean) => answer(graphOf({ library, reviews }), query, { skip });
      expect(await rated(true)).toEqual({ data: { rated: [{ id: 'b' }] }, errors: [] });
      expect(await rated(false)).toEqual({ data: { rated: [{ id: 'b', title: 'Alien' }] }, errors: [] });
    });

    it('is not asked for objects of types that the field is not selected on', async () => {
      const graph = graphOf(media(fails));
      expect(await answer(graph, '{ media { title ... on Film { praise } } }')).toEqual({
        ...{ data: { media: [{ title: 'Emma' }, { title: 'Alien', praise: 'Read Alien!' }] }, errors: [] },
      });
      const { representations } = JSON.parse(graph.requests.at(-1)?.variables ?? '');
      expect(representations).toHaveLength(1);
    });

    it('answers its other fields where what one requires was not fetched', async () => {
      expect(await answer(graphOf(media(fails)), '{ media { stars ... on Film { praise } } }')).toEqual({
        ...{ data: { media: [{ stars: 5 }, { stars: 5, praise: 'Read Alien!' }] }, errors: [] },
      });
    });

    it('is not asked for a field that the client wants of another type', async () => {
      const { library, reviews } = media(() => 'well') as { library: SubgraphParts; reviews: SubgraphParts };
      reviews.sdl = reviews.sdl.replace('note: String', 'note: String! rank: Int!');
      reviews.resolvers.Media.rank = ({ id }: { id: string }) => (id === 'f' ? 1 : fails());
      const graph = graphOf({ library, reviews });
      expect(await answer(graph, '{ media { praise note ... on Film { rank } } }')).toEqual({
        data: {
          media: [
            { praise: 'Read Emma!', note: 'well' },
            { praise: 'Read Alien!', note: 'well', rank: 1 },
          ],
        },
        errors: [],
      });
      const asked = graph.requests.at(-1)?.query ?? '';
      expect(asked.match(/rank/g)).toHaveLength(1);
    });

    it('may fail at a field that the client wants of another type: no error of theirs', async () => {
      expect(await answer(graphOf(media(fails)), '{ media { praise ... on Film { note } } }')).toEqual({
        data: { media: [{ praise: 'Read Emma!' }, { praise: 'Read Alien!', note: null }] },
        errors: ['INTERNAL_SERVER_ERROR media.1.note'],
      });
    });
  });

  describe('a null that an error explains', () => {
    const shop = (size: () => unknown): Record<string, SubgraphParts> => ({
      products: {
        sdl: `type Query { product: Product }
          type Product @key(fields: "id") { id: ID! boxes: [Box!] @shareable } type Box @shareable { id: ID! }`,
        resolvers: { Query: { product: () => ({ id: '1', boxes: [{ id: 'x' }, { id: 'y' }] }) } },
      },
      shipping: {
        sdl: `type Product @key(fields: "id") { id: ID! weight: Int! label: String! boxes: [Box!] @shareable }
          type Box @shareable { id: ID! size: Int! depth: Int! }`,
        resolvers: {
          Product: {
            __resolveReference: (product: object) => product,
            ...{ weight: fails, label: () => 'ok' },
            boxes: () => [
              { id: 'x', size: 1 },
              { id: 'y', size },
            ],
          },
          Box: { depth: () => 2 },
        },
      },
    });

    it('is one error where a whole entity is null for it', async () => {
      expect(await answer(graphOf(shop(fails)), '{ product { label weight } }')).toEqual({
        ...{ data: { product: null }, errors: ['INTERNAL_SERVER_ERROR product.weight'] },
      });
    });

    it('is one error where one subgraph has a list in a list and the other has made an item null', async () => {
      const { products, shipping } = shop(fails) as { products: SubgraphParts; shipping: SubgraphParts };
      products.sdl = products.sdl.replace('boxes: [Box!]', 'boxes: [[Box]]');
      shipping.sdl = shipping.sdl.replace('boxes: [Box!]', 'boxes: [[Box]]');
      products.resolvers.Query.product = () => ({ id: '1', boxes: [[{ id: 'x' }, { id: 'y' }]] });
      shipping.resolvers.Product.boxes = () => [
        [
          { id: 'x', size: 1 },
          { id: 'y', size: fails },
        ],
      ];
      expect(await answer(graphOf({ products, shipping }), '{ product { boxes { id depth size } } }')).toEqual({
        data: { product: { boxes: [[{ id: 'x', depth: 2, size: 1 }, null]] } },
        errors: ['INTERNAL_SERVER_ERROR product.boxes.0.1.size'],
      });
    });

    it('is one error where one subgraph has a list and the other has made it null', async () => {
      expect(await answer(graphOf(shop(fails)), '{ product { boxes { id size } } }')).toEqual({
        ...{ data: { product: { boxes: null } }, errors: ['INTERNAL_SERVER_ERROR product.boxes.1.size'] },
      });
    });
  });

  describe('a field that requires others', () => {
    const parcels: Record<string, SubgraphParts> = {
      products: {
        sdl: `type Query { product: Product }
          type Product @key(fields: "id") { id: ID! weight: Int width: Int }`,
        resolvers: {
          Query: { product: () => ({ id: '1' }) },
          Product: { __resolveReference: (product: object) => product, weight: () => 3, width: () => 4 },
        },
      },
      shipping: {
        sdl: `type Product @key(fields: "id") { id: ID! weight: Int @external width: Int @external
          price: Int @requires(fields: "weight") box: Int @requires(fields: "width") }`,
        resolvers: {
          Product: {
            __resolveReference: (product: object) => product,
            price: ({ weight }: { weight: number }) => weight * 100,
            box: ({ width }: { width: number }) => width * 10,
          },
        },
      },
    };

    it.each([
      [true, { price: 300 }],
      [false, { price: 300, box: 40 }],
    ])('has what it requires where another is skipped: %s', async (skip, product) => {
      const query = 'query ($skip: Boolean!) { product { price box @skip(if: $skip) } }';
      expect(await answer(graphOf(parcels), query, { skip })).toEqual({ data: { product }, errors: [] });
    });
  });

  describe('an error in an object that is null for it', () => {
    const shelf = (label: () => unknown): Record<string, SubgraphParts> => ({
      shelves: {
        sdl: `type Query { items: [Item] } union Item = Book | Film
          type Book { label: String! labels: [String!]! } type Film { label: String! length: Int }`,
        resolvers: {
          Query: { items: () => [{ __typename: 'Book' }] },
          Book: { label, labels: () => [null] },
        },
      },
    });

    it.each([
      [
        'under the first of its names',
        '{ items { ... on Book { a: label label } } }',
        'INTERNAL_SERVER_ERROR items.0.a',
      ],
      [
        'under the name that any type has it by',
        '{ items { ... on Film { a: label } ... on Book { b: label } ... on Film { b: label } } }',
        'INTERNAL_SERVER_ERROR items.0.b',
      ],
      [
        'at the object where each type has it by another name',
        '{ items { ... on Book { a: label } ... on Film { b: label } } }',
        'INTERNAL_SERVER_ERROR items.0',
      ],
      [
        'once, though it lies deeper',
        '{ items { ... on Book { a: labels labels } } }',
        'INTERNAL_SERVER_ERROR items.0.a.0',
      ],
    ])('is told %s', async (_how, query, error) => {
      expect(await answer(graphOf(shelf(fails)), query)).toEqual({ data: { items: [null] }, errors: [error] });
    });
  });
});
