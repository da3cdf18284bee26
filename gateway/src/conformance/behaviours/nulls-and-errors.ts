import { type Behaviour, fail, findBy } from '../behaviour.ts';

type Id = { id: string };

const TABLE = { id: '1', name: 'Table' };
const CHAIR = { id: '2', name: 'Chair' };

const products = {
  sdl: `
    type Query { product: Product products: [Product] shop: Shop! }
    type Shop { name: String products: [Product!]! best: [Product!] }
    type Product @key(fields: "id") { id: ID! name: String }`,
  resolvers: {
    Query: {
      product: () => TABLE,
      products: () => [TABLE, CHAIR, TABLE],
      shop: () => ({ name: 'Shop', products: [TABLE, CHAIR], best: [CHAIR] }),
    },
    Product: { __resolveReference: findBy([TABLE, CHAIR], 'id') },
  },
};
const prices = (type: string, price: (product: Id) => unknown, resolveReference: object = {}) => ({
  sdl: `type Product @key(fields: "id") { id: ID! price: ${type} stock: Int }`,
  resolvers: { Product: { price, stock: ({ id }: Id) => Number(id) * 10, ...resolveReference } },
});
const failForChair = ({ id }: Id) => (id === '2' ? fail() : 100);
const unknownChair = { __resolveReference: (product: Id) => (product.id === '2' ? null : product) };

export const nullAndErrorBehaviours: readonly Behaviour[] = [
  {
    name: 'an entity is not there in the other subgraph: its fields are null, and that is no error',
    rule: 'resolveEntities',
    subgraphs: { products, prices: prices('Int', () => 100, unknownChair) },
    operation: '{ products { name price } }',
    expected: {
      data: {
        products: [
          { name: 'Table', price: 100 },
          { name: 'Chair', price: null },
          { name: 'Table', price: 100 },
        ],
      },
    },
  },
  {
    name: 'an entity is not there in the other subgraph, and its field may not be null',
    rule: 'errors',
    subgraphs: { products, prices: prices('Int!', () => 100, unknownChair) },
    operation: '{ products { name price } }',
    expected: {
      data: { products: [{ name: 'Table', price: 100 }, null, { name: 'Table', price: 100 }] },
      errors: ['products.1.price'],
    },
    wrong: {
      stock: {
        answer: { data: { products: [{ name: 'Table', price: 100 }, null, { name: 'Table', price: 100 }] } },
        why: 'A null that may not be is an error; there is none.',
      },
    },
  },
  {
    name: 'an error of an entity is at each of its places',
    rule: 'errorPaths',
    subgraphs: {
      products: {
        ...products,
        resolvers: {
          ...products.resolvers,
          Query: { ...products.resolvers.Query, products: () => [CHAIR, TABLE, CHAIR] },
        },
      },
      prices: prices('Int', failForChair),
    },
    operation: '{ products { cost: price } }',
    expected: {
      data: { products: [{ cost: null }, { cost: 100 }, { cost: null }] },
      errors: ['products.0.cost', 'products.2.cost'],
    },
  },
  {
    name: 'an error is at each of the field’s names',
    rule: 'errorPaths',
    subgraphs: { products, prices: prices('Int', fail) },
    operation: '{ product { a: price b: price stock } again: product { price } }',
    expected: {
      data: { product: { a: null, b: null, stock: 10 }, again: { price: null } },
      errors: ['again.price', 'product.a', 'product.b'],
    },
  },
  {
    name: 'an error is at those of the field’s names that are selected',
    rule: 'errorPaths',
    subgraphs: { products, prices: prices('Int', fail) },
    operation:
      'query($a: Boolean!) { product { a: price @include(if: $a) b: price @skip(if: $a) c: price @include(if: $a) } }',
    variables: { a: true },
    expected: { data: { product: { a: null, c: null } }, errors: ['product.a', 'product.c'] },
  },
  {
    name: 'a null that may not be goes up to the next place where it may, beyond a list',
    rule: 'errors',
    subgraphs: { products, prices: prices('Int!', failForChair) },
    operation: '{ shop { name best { price } } }',
    expected: { data: { shop: { name: 'Shop', best: null } }, errors: ['shop.best.0.price'] },
  },
  {
    name: 'a null that may be nowhere makes all of the data null',
    rule: 'errors',
    subgraphs: { products, prices: prices('Int!', failForChair) },
    operation: '{ product { name } shop { products { price } } }',
    expected: { data: null, errors: ['shop.products.1.price'] },
  },
  {
    name: 'a null that may not be takes with it what other subgraphs have said',
    rule: 'errors',
    subgraphs: {
      products,
      prices: prices('Int!', failForChair),
      reviews: {
        sdl: 'type Product @key(fields: "id") { id: ID! stars: Int! }',
        resolvers: { Product: { stars: () => 5 } },
      },
    },
    operation: '{ products { name stars stock price } }',
    expected: {
      data: {
        products: [
          { name: 'Table', stars: 5, stock: 10, price: 100 },
          null,
          { name: 'Table', stars: 5, stock: 10, price: 100 },
        ],
      },
      errors: ['products.1.price'],
    },
  },
  {
    name: 'the same field is asked for twice, once where its failure may be null',
    rule: 'errors',
    subgraphs: { products, prices: prices('Int!', failForChair) },
    operation: '{ shop { best { price } products { name } } }',
    expected: {
      data: { shop: { best: null, products: [{ name: 'Table' }, { name: 'Chair' }] } },
      errors: ['shop.best.0.price'],
    },
  },
  {
    name: 'a skipped field that fails is no failure',
    rule: 'directives',
    subgraphs: { products, prices: prices('Int!', fail) },
    operation: 'query($with: Boolean!) { product { name price @include(if: $with) stock } }',
    variables: { with: false },
    expected: { data: { product: { name: 'Table', stock: 10 } } },
  },
  {
    name: 'nulls in lists of lists',
    rule: 'errors',
    subgraphs: {
      grids: {
        sdl: 'type Query { a: [[Cell!]] b: [[Cell]!] c: [[[Int!]]!] } type Cell @key(fields: "id") { id: ID! }',
        resolvers: {
          Query: {
            a: () => [[TABLE, CHAIR], [TABLE], null, []],
            b: () => [[TABLE, CHAIR], [null]],
            c: () => [[[1], null, []], []],
          },
        },
      },
      cells: {
        sdl: 'type Cell @key(fields: "id") { id: ID! value: Int! }',
        resolvers: { Cell: { value: failForChair } },
      },
    },
    operation: '{ a { value } b { value } c }',
    expected: {
      data: { a: [null, [{ value: 100 }], null, []], b: [[{ value: 100 }, null], [null]], c: [[[1], null, []], []] },
      errors: ['a.0.1.value', 'b.0.1.value'],
    },
  },
  {
    name: 'a subgraph does not find entities at all: the error is at each field that is missing',
    rule: 'errorPaths',
    subgraphs: { products, prices: prices('Int', () => 100, { __resolveReference: fail }) },
    operation: '{ product { name price stock } }',
    expected: {
      data: { product: { name: 'Table', price: null, stock: null } },
      errors: ['product.price', 'product.stock'],
    },
    wrong: {
      stock: {
        answer: { data: { product: { name: 'Table', price: null, stock: null } }, errors: ['product._entities'] },
        why: 'The path leads to a field of the gateway’s own: a path is made of the keys of the response.',
      },
    },
  },
  {
    name: 'an error in an object below an entity',
    rule: 'errorPaths',
    subgraphs: {
      products,
      stores: {
        sdl: 'type Product @key(fields: "id") { id: ID! stores: [Store] } type Store { city: String! zip: String }',
        resolvers: {
          Product: { stores: ({ id }: Id) => [{ city: 'Rome' }, { city: id === '2' ? null : 'Oslo' }] },
          Store: { zip: () => '1' },
        },
      },
    },
    operation: '{ products { shops: stores { town: city zip } } }',
    expected: {
      data: {
        products: [
          {
            shops: [
              { town: 'Rome', zip: '1' },
              { town: 'Oslo', zip: '1' },
            ],
          },
          { shops: [{ town: 'Rome', zip: '1' }, null] },
          {
            shops: [
              { town: 'Rome', zip: '1' },
              { town: 'Oslo', zip: '1' },
            ],
          },
        ],
      },
      errors: ['products.1.shops.1.town'],
    },
  },
  {
    name: 'one root field of a subgraph fails, and the others are there',
    rule: 'errors',
    subgraphs: {
      products: {
        ...products,
        resolvers: { ...products.resolvers, Query: { ...products.resolvers.Query, product: fail } },
      },
      prices: prices('Int', () => 100),
    },
    operation: '{ product { price } table: product { name } products { price } }',
    expected: {
      data: { product: null, table: null, products: [{ price: 100 }, { price: 100 }, { price: 100 }] },
      errors: ['product', 'table'],
    },
  },
];
