import type { Behaviour } from '../behaviour.ts';

type Id = { id: string };

/** A field whose value says which subgraph has resolved it. */
const catalogue = (type: string, resolvers: object) => ({
  sdl: `type Query { product: Product } type Product @key(fields: "id") { id: ID! ${type} }`,
  resolvers: { Query: { product: () => ({ id: '1' }) }, Product: resolvers },
});
const bill = (directive: string) => ({
  catalogue: catalogue('name: String bill: String', { name: () => 'Table', bill: () => 'catalogue' }),
  payments: {
    sdl: `type Product @key(fields: "id") { id: ID! bill: String ${directive} }`,
    resolvers: { Product: { bill: () => 'payments' } },
  },
});

export const ownershipBehaviours: readonly Behaviour[] = [
  {
    name: 'a provided field is taken where it is provided, and asked for elsewhere',
    rule: 'provides',
    subgraphs: {
      products: {
        sdl: 'type Query { product: Product } type Product @key(fields: "id") { id: ID! name: String @shareable }',
        resolvers: {
          Query: { product: () => ({ id: '2' }) },
          Product: { name: ({ id }: Id) => `products ${id}` },
        },
      },
      reviews: {
        sdl: `
          type Query { review: Review }
          type Review { product: Product @provides(fields: "name") other: Product }
          type Product @key(fields: "id") { id: ID! name: String @external }`,
        resolvers: {
          Query: { review: () => ({ product: { id: '1', name: 'reviews 1' }, other: { id: '1' } }) },
        },
      },
    },
    operation: '{ review { product { name } other { name } } product { name } }',
    expected: {
      data: {
        review: { product: { name: 'reviews 1' }, other: { name: 'products 1' } },
        product: { name: 'products 2' },
      },
    },
  },
  {
    name: 'fields are provided of one member of a union',
    rule: 'provides',
    subgraphs: {
      media: {
        sdl: `
          type Query { media: [Media] @shareable @provides(fields: "... on Book { title }") }
          union Media = Book | Film
          type Book @key(fields: "id") { id: ID! title: String @external }
          type Film @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            media: () => [
              { __typename: 'Book', id: '1', title: 'provided' },
              { __typename: 'Film', id: '2', title: 'not provided' },
            ],
          },
        },
      },
      titles: {
        sdl: `
          type Book @key(fields: "id") { id: ID! title: String @shareable }
          type Film @key(fields: "id") { id: ID! title: String @shareable }`,
        resolvers: { Book: { title: () => 'fetched' }, Film: { title: () => 'fetched' } },
      },
    },
    operation: '{ media { ... on Book { title } ... on Film { title } } }',
    expected: { data: { media: [{ title: 'provided' }, { title: 'fetched' }] } },
  },
  {
    name: 'a value type is resolved in either subgraph',
    rule: 'shareable',
    subgraphs: {
      a: {
        sdl: 'type Query { here: Money } type Money @shareable { amount: Int currency: String }',
        resolvers: { Query: { here: () => ({ amount: 1, currency: 'EUR' }) } },
      },
      b: {
        sdl: 'type Query { there: Money } type Money @shareable { amount: Int currency: String }',
        resolvers: { Query: { there: () => ({ amount: 2, currency: 'USD' }) } },
      },
    },
    operation: '{ here { ...M } there { ...M } } fragment M on Money { amount currency }',
    expected: { data: { here: { amount: 1, currency: 'EUR' }, there: { amount: 2, currency: 'USD' } } },
  },
  {
    name: 'a shared root field gives an object of which each subgraph has other fields',
    rule: 'shareable',
    subgraphs: {
      a: {
        sdl: 'type Query { me: Me @shareable } type Me { name: String @shareable age: Int }',
        resolvers: { Query: { me: () => ({ name: 'Ada', age: 36 }) } },
      },
      b: {
        sdl: 'type Query { me: Me @shareable } type Me { name: String @shareable city: City } type City { name: String }',
        resolvers: { Query: { me: () => ({ name: 'Ada', city: { name: 'London' } }) } },
      },
    },
    operation: '{ me { age city { name } name } }',
    expected: { data: { me: { age: 36, city: { name: 'London' }, name: 'Ada' } } },
  },
  {
    name: 'a field has moved to another subgraph',
    rule: 'override',
    subgraphs: bill('@override(from: "catalogue")'),
    operation: '{ product { name bill } }',
    expected: { data: { product: { name: 'Table', bill: 'payments' } } },
  },
  {
    name: 'a field moves for none of the requests: percent(0)',
    rule: 'override',
    subgraphs: bill('@override(from: "catalogue", label: "percent(0)")'),
    operation: '{ product { name bill } }',
    expected: { data: { product: { name: 'Table', bill: 'catalogue' } } },
  },
  {
    name: 'a field moves for all of the requests: percent(100)',
    rule: 'override',
    subgraphs: bill('@override(from: "catalogue", label: "percent(100)")'),
    operation: '{ product { name bill } }',
    expected: { data: { product: { name: 'Table', bill: 'payments' } } },
    wrong: {
      stock: {
        answer: { data: { product: { name: 'Table', bill: 'catalogue' } } },
        why: 'Its planner takes labels, and the gateway gives it none: Apollo evaluates them in its router alone.',
      },
    },
  },
  {
    name: 'a field moves by a label that nobody has switched on',
    rule: 'override',
    subgraphs: bill('@override(from: "catalogue", label: "payments-own-bills")'),
    operation: '{ product { name bill } }',
    expected: { data: { product: { name: 'Table', bill: 'catalogue' } } },
  },
  {
    name: 'an argument comes from an object above',
    rule: 'fromContext',
    subgraphs: {
      shops: {
        sdl: `
          type Query { shop: Shop }
          type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! products: [Product!]! }
          type Product @key(fields: "id") {
            id: ID!
            price(currency: String @fromContext(field: "$shop { currency }")): String
          }`,
        resolvers: {
          Query: { shop: () => ({ id: '1', currency: 'EUR', products: [{ id: '1' }, { id: '2' }] }) },
          Product: { price: ({ id }: Id, { currency }: { currency: string }) => `${id} ${currency}` },
        },
      },
      names: {
        sdl: 'type Product @key(fields: "id") { id: ID! name: String }',
        resolvers: { Product: { name: ({ id }: Id) => `name ${id}` } },
      },
    },
    operation: '{ shop { products { price name } } }',
    expected: {
      data: {
        shop: {
          products: [
            { price: '1 EUR', name: 'name 1' },
            { price: '2 EUR', name: 'name 2' },
          ],
        },
      },
    },
    wrong: {
      stock: {
        answer: {
          refused:
            'one or more checks failed. Caused by:\nfeature https://specs.apollo.dev/context/v0.1 is for: SECURITY',
        },
        why: 'It refuses a supergraph with contexts, and says so.',
      },
    },
  },
  {
    name: 'an argument comes from one of several types above',
    rule: 'fromContext',
    subgraphs: {
      shops: {
        sdl: `
          type Query { shop: Shop fair: Fair }
          type Shop @key(fields: "id") @context(name: "place") { id: ID! currency: String! product: Product }
          type Fair @key(fields: "id") @context(name: "place") { id: ID! money: Money! products: [Product] }
          type Money { code: String! }
          type Product @key(fields: "id") {
            id: ID!
            price(currency: String @fromContext(field: "$place ... on Shop { currency } ... on Fair { money { code } }")): String
          }`,
        resolvers: {
          Query: {
            shop: () => ({ id: '1', currency: 'EUR', product: { id: '1' } }),
            fair: () => ({ id: '2', money: { code: 'USD' }, products: [{ id: '1' }, { id: '2' }] }),
          },
          Product: { price: ({ id }: Id, { currency }: { currency: string }) => `${id} ${currency}` },
        },
      },
      names: {
        sdl: 'type Product @key(fields: "id") { id: ID! name: String }',
        resolvers: { Product: { name: ({ id }: Id) => `name ${id}` } },
      },
    },
    operation: '{ shop { product { price } } fair { products { price } } }',
    expected: {
      data: {
        shop: { product: { price: '1 EUR' } },
        fair: { products: [{ price: '1 USD' }, { price: '2 USD' }] },
      },
    },
    wrong: {
      stock: {
        answer: {
          refused:
            'one or more checks failed. Caused by:\nfeature https://specs.apollo.dev/context/v0.1 is for: SECURITY',
        },
        why: 'It refuses a supergraph with contexts, and says so.',
      },
    },
  },
  {
    name: 'an argument comes from a field of an object above that another subgraph resolves',
    rule: 'fromContext',
    subgraphs: {
      shops: {
        sdl: `
          type Query { shops: [Shop] }
          type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! @external products: [Product!]! }
          type Product @key(fields: "id") {
            id: ID!
            price(currency: String @fromContext(field: "$shop { currency }")): String
          }`,
        resolvers: {
          Query: { shops: () => [{ id: 'A', products: [{ id: '1' }] }, null, { id: 'B', products: [{ id: '1' }] }] },
          Product: { price: ({ id }: Id, { currency }: { currency: string }) => `${id} ${currency}` },
        },
      },
      currencies: {
        sdl: 'type Shop @key(fields: "id") { id: ID! currency: String! }',
        resolvers: { Shop: { currency: ({ id }: Id) => `of ${id}` } },
      },
    },
    operation: '{ shops { products { price } } }',
    expected: { data: { shops: [{ products: [{ price: '1 of A' }] }, null, { products: [{ price: '1 of B' }] }] } },
    wrong: {
      stock: {
        answer: {
          refused:
            'one or more checks failed. Caused by:\nfeature https://specs.apollo.dev/context/v0.1 is for: SECURITY',
        },
        why: 'It refuses a supergraph with contexts, and says so.',
      },
    },
  },
];
