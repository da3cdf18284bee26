import type { Behaviour } from '../behaviour.ts';

type Id = { id: string };

const products = {
  sdl: `
    type Query { product(secret: Boolean = true @inaccessible, id: ID = "1"): Product statuses: [Status] things: [Thing] }
    type Product @key(fields: "id") { id: ID! name: String @tag(name: "public") weight: Int @inaccessible }
    enum Status { OPEN CLOSED HIDDEN @inaccessible }
    union Thing = Product | Secret
    type Secret @inaccessible { name: String }`,
  resolvers: {
    Query: {
      product: (_: unknown, { secret, id }: { secret: boolean; id: string }) => ({ id, name: `${secret}`, weight: 3 }),
      statuses: () => ['OPEN', 'HIDDEN', 'CLOSED'],
      things: () => [
        { __typename: 'Product', id: '1', name: 'Table' },
        { __typename: 'Secret', name: 'x' },
      ],
    },
  },
};
const shipping = {
  sdl: 'type Product @key(fields: "id") { id: ID! weight: Int @external cost: Int @requires(fields: "weight") }',
  resolvers: { Product: { cost: ({ weight }: { weight: number }) => weight * 2 } },
};
const subgraphs = { products, shipping };

export const visibilityBehaviours: readonly Behaviour[] = [
  {
    name: 'inaccessible fields, arguments, values and members are not shown',
    rule: 'inaccessible',
    subgraphs,
    operation: `
      { product: __type(name: "Product") { fields { name } }
        query: __type(name: "Query") { fields { name args { name } } }
        status: __type(name: "Status") { enumValues { name } }
        thing: __type(name: "Thing") { possibleTypes { name } }
        secret: __type(name: "Secret") { name } }`,
    expected: {
      data: {
        product: { fields: [{ name: 'id' }, { name: 'name' }, { name: 'cost' }] },
        query: {
          fields: [
            { name: 'product', args: [{ name: 'id' }] },
            { name: 'statuses', args: [] },
            { name: 'things', args: [] },
          ],
        },
        status: { enumValues: [{ name: 'OPEN' }, { name: 'CLOSED' }] },
        thing: { possibleTypes: [{ name: 'Product' }] },
        secret: null,
      },
    },
  },
  {
    name: 'an inaccessible field is required by one that is accessible',
    rule: 'inaccessible',
    subgraphs,
    operation: '{ product { cost } }',
    expected: { data: { product: { cost: 6 } } },
  },
  {
    name: 'an inaccessible key is used all the same',
    rule: 'inaccessible',
    subgraphs: {
      products: {
        sdl: 'type Query { product: Product } type Product @key(fields: "id") { id: ID! @inaccessible name: String }',
        resolvers: { Query: { product: () => ({ id: '1', name: 'Table' }) } },
      },
      prices: {
        sdl: 'type Product @key(fields: "id") { id: ID! price: String }',
        resolvers: { Product: { price: ({ id }: Id) => `of ${id}` } },
      },
    },
    operation: '{ product { id: name price } }',
    expected: { data: { product: { id: 'Table', price: 'of 1' } } },
    wrong: {
      stock: {
        answer: { data: { product: { id: '1', price: 'of 1' } } },
        why: 'Its planner takes the client’s alias for the field of that name that it needs itself.',
      },
    },
  },
  {
    name: 'an inaccessible argument has its default',
    rule: 'inaccessible',
    subgraphs,
    operation: '{ product(id: "2") { id name } }',
    expected: { data: { product: { id: '2', name: 'true' } } },
  },
  {
    name: 'an inaccessible value is none: it is null, and an error',
    rule: 'results',
    subgraphs,
    operation: '{ statuses }',
    expected: { data: { statuses: ['OPEN', null, 'CLOSED'] }, errors: ['statuses.1'] },
    wrong: {
      stock: {
        answer: { data: { statuses: ['OPEN', null, 'CLOSED'] } },
        why: 'It is null without an error: nothing tells it from a null that is data.',
      },
    },
  },
  {
    name: 'an object of an inaccessible type is none: it is null, and an error',
    rule: 'completion',
    subgraphs,
    operation: '{ things { __typename ... on Product { name } } }',
    expected: { data: { things: [{ __typename: 'Product', name: 'Table' }, null] }, errors: ['things.1'] },
    wrong: {
      stock: {
        answer: { data: { things: [{ __typename: 'Product', name: 'Table' }, null] } },
        why: 'It is null without an error: nothing tells it from a null that is data.',
      },
    },
  },
  {
    name: 'tags change nothing',
    rule: 'tag',
    subgraphs,
    operation: '{ product { name } __type(name: "Product") { name } }',
    expected: { data: { product: { name: 'true' }, __type: { name: 'Product' } } },
  },
];
