import { type Behaviour, findBy } from '../behaviour.ts';

const TABLE = { id: '1', upc: 'T', sku: 'S1', name: 'Table', price: 100 };
const CHAIR = { id: '2', upc: 'C', sku: 'S2', name: 'Chair', price: 40 };
const ALL = [TABLE, CHAIR];

const products = {
  sdl: `
    type Query { product(id: ID!): Product products: [Product!]! }
    type Product @key(fields: "id") { id: ID! name: String }`,
  resolvers: {
    Query: {
      product: (_: unknown, { id }: { id: string }) => ALL.find((one) => one.id === id),
      products: () => [TABLE, CHAIR, TABLE, TABLE],
    },
    Product: { __resolveReference: findBy(ALL, 'id') },
  },
};
const prices = {
  sdl: 'type Product @key(fields: "id") { id: ID! price: Int }',
  resolvers: { Product: { __resolveReference: findBy(ALL, 'id') } },
};

export const keyBehaviours: readonly Behaviour[] = [
  {
    name: 'an entity is found by its key',
    rule: 'entities',
    subgraphs: { products, prices },
    operation: '{ product(id: "1") { name price } }',
    expected: { data: { product: { name: 'Table', price: 100 } } },
  },
  {
    name: 'an entity is found by a key of several fields',
    rule: 'key',
    subgraphs: {
      products: {
        sdl: 'type Query { product: Product } type Product @key(fields: "upc sku") { upc: ID! sku: ID! name: String }',
        resolvers: { Query: { product: () => TABLE } },
      },
      prices: {
        sdl: 'type Product @key(fields: "sku upc") { upc: ID! sku: ID! price: Int }',
        resolvers: { Product: { __resolveReference: findBy(ALL, 'upc', 'sku') } },
      },
    },
    operation: '{ product { price } }',
    expected: { data: { product: { price: 100 } } },
  },
  {
    name: 'an entity is found by a key inside of an object',
    rule: 'key',
    subgraphs: {
      users: {
        sdl: `
          type Query { user: User }
          type User @key(fields: "id organization { id }") { id: ID! organization: Organization! }
          type Organization { id: ID! }`,
        resolvers: { Query: { user: () => ({ id: '1', organization: { id: '7' } }) } },
      },
      rights: {
        sdl: `
          type User @key(fields: "id organization { id }") { id: ID! organization: Organization! right: String }
          type Organization { id: ID! @shareable }`,
        resolvers: {
          User: {
            right: ({ id, organization }: { id: string; organization: { id: string } }) =>
              `${id} in ${organization.id}`,
          },
        },
      },
    },
    operation: '{ user { right } }',
    expected: { data: { user: { right: '1 in 7' } } },
  },
  {
    name: 'an entity is found by a key that is a list',
    rule: 'key',
    subgraphs: {
      carts: {
        sdl: 'type Query { cart: Cart } type Cart @key(fields: "items { id } tags") { items: [Item!]! tags: [String!]! } type Item { id: ID! @shareable }',
        resolvers: { Query: { cart: () => ({ items: [{ id: '1' }, { id: '2' }], tags: ['a', 'b'] }) } },
      },
      totals: {
        sdl: 'type Cart @key(fields: "items { id } tags") { items: [Item!]! tags: [String!]! total: String } type Item { id: ID! @shareable }',
        resolvers: {
          Cart: {
            total: ({ items, tags }: { items: { id: string }[]; tags: string[] }) =>
              [...items.map(({ id }) => id), ...tags].join(),
          },
        },
      },
    },
    operation: '{ cart { total } }',
    expected: { data: { cart: { total: '1,2,a,b' } } },
  },
  {
    name: 'the way from one key to another leads through a third subgraph, for one field alone',
    rule: 'entities',
    subgraphs: {
      products,
      register: {
        sdl: 'type Product @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! }',
        resolvers: {
          Product: {
            __resolveReference: ({ id, upc }: typeof TABLE) => ALL.find((one) => one.id === id || one.upc === upc),
          },
        },
      },
      prices: {
        sdl: 'type Product @key(fields: "upc") { upc: ID! price: Int }',
        resolvers: { Product: { __resolveReference: findBy(ALL, 'upc') } },
      },
    },
    operation: '{ product(id: "2") { price } }',
    expected: { data: { product: { price: 40 } } },
  },
  {
    name: 'the way from one key to another leads through two subgraphs, in a list with duplicates',
    rule: 'entities',
    subgraphs: {
      products,
      register: {
        sdl: 'type Product @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! }',
        resolvers: {
          Product: {
            __resolveReference: ({ id, upc }: typeof TABLE) => ALL.find((one) => one.id === id || one.upc === upc),
          },
        },
      },
      labels: {
        sdl: 'type Product @key(fields: "upc") @key(fields: "sku") { upc: ID! sku: ID! }',
        resolvers: {
          Product: {
            __resolveReference: ({ sku, upc }: typeof TABLE) => ALL.find((one) => one.sku === sku || one.upc === upc),
          },
        },
      },
      prices: {
        sdl: 'type Product @key(fields: "sku") { sku: ID! price: Int }',
        resolvers: { Product: { __resolveReference: findBy(ALL, 'sku') } },
      },
    },
    operation: '{ products { price } }',
    expected: { data: { products: [{ price: 100 }, { price: 40 }, { price: 100 }, { price: 100 }] } },
  },
  {
    name: 'each of the equal entities of a list has what was asked for of it',
    rule: 'entities',
    subgraphs: { products, prices },
    operation: '{ products { id price } again: products { price } product(id: "1") { price name } }',
    expected: {
      data: {
        products: [
          { id: '1', price: 100 },
          { id: '2', price: 40 },
          { id: '1', price: 100 },
          { id: '1', price: 100 },
        ],
        again: [{ price: 100 }, { price: 40 }, { price: 100 }, { price: 100 }],
        product: { price: 100, name: 'Table' },
      },
    },
  },
  {
    name: 'a subgraph knows nothing of an entity but its key (`resolvable: false`)',
    rule: 'key',
    subgraphs: {
      products,
      reviews: {
        sdl: 'type Query { review: Review } type Review { product: Product } type Product @key(fields: "id", resolvable: false) { id: ID! }',
        resolvers: { Query: { review: () => ({ product: { id: '2' } }) } },
      },
    },
    operation: '{ review { product { id name } } }',
    expected: { data: { review: { product: { id: '2', name: 'Chair' } } } },
  },
  {
    name: 'another field has the alias of the key',
    rule: 'fields',
    subgraphs: { products, prices },
    operation: '{ product(id: "1") { id: name price } }',
    expected: { data: { product: { id: 'Table', price: 100 } } },
    wrong: {
      stock: {
        answer: { data: { product: { id: '1', price: 100 } } },
        why: 'Its planner takes the client’s alias for the field of that name that it needs itself.',
      },
    },
  },
  {
    name: 'another field has the alias `__typename`',
    rule: 'fields',
    subgraphs: { products, prices },
    operation: '{ product(id: "1") { __typename: name price } }',
    expected: { data: { product: { __typename: 'Table', price: 100 } } },
    wrong: {
      stock: {
        answer: { data: { product: { __typename: 'Product', price: 100 } } },
        why: 'Its planner takes the client’s alias for the field of that name that it needs itself.',
      },
    },
  },
  {
    name: '`__typename` under several names',
    rule: 'introspection',
    subgraphs: { products, prices },
    operation: '{ product(id: "1") { kind: __typename id: __typename price __typename } }',
    expected: { data: { product: { kind: 'Product', id: 'Product', price: 100, __typename: 'Product' } } },
  },
  {
    name: 'entities in lists of lists',
    rule: 'completion',
    subgraphs: {
      rows: {
        sdl: 'type Query { rows: [[Product]!] } type Product @key(fields: "id") { id: ID! }',
        resolvers: { Query: { rows: () => [[TABLE, null], [], [CHAIR, TABLE]] } },
      },
      prices,
    },
    operation: '{ rows { price } }',
    expected: { data: { rows: [[{ price: 100 }, null], [], [{ price: 40 }, { price: 100 }]] } },
  },
  {
    name: 'an empty list asks for no entities',
    rule: 'completion',
    subgraphs: {
      rows: {
        sdl: 'type Query { none: [Product!]! nothing: Product } type Product @key(fields: "id") { id: ID! }',
        resolvers: { Query: { none: () => [], nothing: () => null } },
      },
      prices: {
        sdl: 'type Product @key(fields: "id") { id: ID! price: Int! }',
        resolvers: {
          Product: {
            __resolveReference: () => {
              throw new Error('It was asked.');
            },
          },
        },
      },
    },
    operation: '{ none { price } nothing { price } }',
    expected: { data: { none: [], nothing: null } },
  },
];
