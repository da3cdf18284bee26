import { type Behaviour, fail, findBy } from '../behaviour.ts';

const TABLE = {
  id: '1',
  name: 'Table',
  weight: 30,
  size: { width: 3, height: 4 },
  parts: [{ grams: 5 }, { grams: 7 }],
};

const products = {
  sdl: `
    type Query { product: Product }
    type Product @key(fields: "id") { id: ID! name: String weight: Int size: Size parts: [Part] }
    type Size { width: Int height: Int }
    type Part { grams: Int }`,
  resolvers: { Query: { product: () => TABLE }, Product: { __resolveReference: findBy([TABLE], 'id') } },
};

const shipping = {
  sdl: `
    type Product @key(fields: "id") { id: ID! weight: Int @external cost: Int @requires(fields: "weight") free: Boolean }`,
  resolvers: {
    Product: {
      cost: ({ weight }: { weight: number | null }) => (weight === null ? -1 : weight * 2),
      free: () => true,
    },
  },
};

/** `weight` is null or fails, as said. */
const lighter = (weight: () => unknown, type = 'Int') => ({
  sdl: products.sdl.replace('weight: Int', `weight: ${type}`),
  resolvers: { ...products.resolvers, Product: { ...products.resolvers.Product, weight } },
});

const PRICES: Readonly<Record<string, number>> = { EUR: 100, USD: 120, GBP: 90 };
const priced = {
  sdl: `
    type Query { product: Product }
    type Product @key(fields: "id") { id: ID! price(currency: Currency! = EUR): Int }
    enum Currency { EUR USD GBP }`,
  resolvers: {
    Query: { product: () => TABLE },
    Product: {
      __resolveReference: findBy([TABLE], 'id'),
      price: (_: unknown, { currency }: { currency: string }) => PRICES[currency],
    },
  },
};
const taxes = {
  sdl: `
    type Product @key(fields: "id") {
      id: ID!
      price(currency: Currency! = EUR): Int @external
      tax: Int @requires(fields: "price(currency: USD)")
      duty: Int @requires(fields: "price(currency: GBP)")
    }
    enum Currency { EUR USD GBP }`,
  resolvers: {
    Product: {
      tax: ({ price }: { price: number }) => price / 10,
      duty: ({ price }: { price: number }) => price / 5,
    },
  },
};

export const requiresBehaviours: readonly Behaviour[] = [
  {
    name: 'a field requires one of another subgraph',
    rule: 'requires',
    subgraphs: { products, shipping },
    operation: '{ product { cost } }',
    expected: { data: { product: { cost: 60 } } },
  },
  {
    name: 'a field requires fields of an object and of a list of objects',
    rule: 'requires',
    subgraphs: {
      products,
      packing: {
        sdl: `
          type Product @key(fields: "id") {
            id: ID!
            size: Size @external
            parts: [Part] @external
            box: Int @requires(fields: "size { width height } parts { grams }")
          }
          type Size { width: Int @external height: Int @external }
          type Part { grams: Int @external }`,
        resolvers: {
          Product: {
            box: ({ size, parts }: typeof TABLE) =>
              parts.reduce((sum, { grams }) => sum + grams, size.width * size.height),
          },
        },
      },
    },
    operation: '{ product { box parts { grams } } }',
    expected: { data: { product: { box: 24, parts: [{ grams: 5 }, { grams: 7 }] } } },
  },
  {
    name: 'a field requires one with arguments, which the client asks with others',
    rule: 'requires',
    subgraphs: { priced, taxes },
    operation: '{ product { tax price(currency: EUR) } }',
    expected: { data: { product: { tax: 12, price: 100 } } },
    wrong: {
      stock: {
        answer: { data: { product: { tax: 12, price: 120 } } },
        why: 'Its planner knows one field of a name, with the arguments that it met first, and computes from that.',
      },
    },
  },
  {
    name: 'two fields require one with arguments that conflict',
    rule: 'requires',
    subgraphs: { priced, taxes },
    operation: '{ product { tax duty } }',
    expected: { data: { product: { tax: 12, duty: 18 } } },
    wrong: {
      stock: {
        answer: { data: { product: { tax: 9, duty: 18 } } },
        why: 'Its planner knows one field of a name, with the arguments that it met first, and computes from that.',
      },
    },
  },
  {
    name: 'two fields require one with arguments that conflict, and the client names its own like it',
    rule: 'requires',
    subgraphs: { priced, taxes },
    operation:
      'query($currency: Currency!) { product { duty price: price(currency: $currency) gbp: price(currency: GBP) tax } }',
    variables: { currency: 'EUR' },
    expected: { data: { product: { duty: 18, price: 100, gbp: 90, tax: 12 } } },
    wrong: {
      stock: {
        answer: { data: { product: { duty: 24, price: 120, gbp: 90, tax: 12 } } },
        why: 'Its planner knows one field of a name, with the arguments that it met first, and computes from that.',
      },
    },
  },
  {
    name: 'a field requires one with arguments that fails',
    rule: 'errors',
    subgraphs: {
      priced: { ...priced, resolvers: { ...priced.resolvers, Product: { ...priced.resolvers.Product, price: fail } } },
      taxes: {
        ...taxes,
        resolvers: {
          Product: { tax: ({ price }: { price: number | null }) => (price === null ? -1 : price), duty: () => 1 },
        },
      },
    },
    operation: '{ product { tax } }',
    expected: { data: { product: { tax: -1 } }, errors: ['product'] },
    wrong: {
      stock: {
        answer: { data: { product: { tax: -1 } }, errors: ['product.price'] },
        why: 'The path leads to a field that the client has not asked for: a path is made of the keys of the response.',
      },
    },
  },
  {
    name: 'a field requires one with arguments that requires one with arguments, which has moved',
    rule: 'requires',
    subgraphs: {
      priced,
      moved: {
        sdl: `
          type Product @key(fields: "id") { id: ID! price(currency: Currency! = EUR): Int @override(from: "priced") }
          enum Currency { EUR USD GBP }`,
        resolvers: {
          Product: { price: (_: unknown, { currency }: { currency: string }) => (PRICES[currency] ?? 0) + 1000 },
        },
      },
      taxes: {
        sdl: `
          type Product @key(fields: "id") {
            id: ID!
            price(currency: Currency! = EUR): Int @external
            tax(percent: Int!): Int @requires(fields: "price(currency: USD)")
          }
          enum Currency { EUR USD GBP }`,
        resolvers: {
          Product: { tax: ({ price }: { price: number }, { percent }: { percent: number }) => (price * percent) / 10 },
        },
      },
      totals: {
        sdl: `
          type Product @key(fields: "id") {
            id: ID!
            price(currency: Currency! = EUR): Int @external
            tax(percent: Int!): Int @external
            total: Int @requires(fields: "tax(percent: 10) price(currency: GBP)")
            half: Int @requires(fields: "tax(percent: 5) price")
          }
          enum Currency { EUR USD GBP }`,
        resolvers: {
          Product: {
            total: ({ tax, price }: { tax: number; price: number }) => tax + price,
            half: ({ tax, price }: { tax: number; price: number }) => tax + price,
          },
        },
      },
    },
    operation: '{ product { total half tax(percent: 20) } }',
    expected: { data: { product: { total: 2210, half: 1660, tax: 2240 } } },
    wrong: {
      stock: {
        answer: { data: { product: { total: 1680, half: 1680, tax: 560 } } },
        why: 'Its planner knows one field of a name, with the arguments that it met first, and computes from that.',
      },
    },
  },
  {
    name: 'a field requires one with arguments of an interface, which implementations have in several subgraphs',
    rule: 'requires',
    subgraphs: {
      shelf: {
        sdl: `
          type Query { shelf: Shelf }
          type Shelf @key(fields: "id") { id: ID! items: [Item] }
          interface Item { id: ID! price(currency: String): String }
          type Book implements Item @key(fields: "id") { id: ID! price(currency: String): String }
          type Film implements Item @key(fields: "id") { id: ID! price(currency: String): String @external }`,
        resolvers: {
          Query: {
            shelf: () => ({ id: '1', items: [{ __typename: 'Book', id: '1' }, null, { __typename: 'Film', id: '2' }] }),
          },
          Book: { price: (_: unknown, { currency }: { currency: string }) => `book ${currency}` },
        },
      },
      films: {
        sdl: 'type Film @key(fields: "id") { id: ID! price(currency: String): String }',
        resolvers: { Film: { price: (_: unknown, { currency }: { currency: string }) => `film ${currency}` } },
      },
      sums: {
        sdl: `
          type Shelf @key(fields: "id") {
            id: ID!
            items: [Item] @external
            inEur: String @requires(fields: "items { price(currency: \\"EUR\\") }")
            inUsd: String @requires(fields: "items { __typename price(currency: \\"USD\\") }")
          }
          interface Item { price(currency: String): String }
          type Book implements Item { price(currency: String): String @external }
          type Film implements Item { price(currency: String): String @external }`,
        resolvers: {
          Shelf: {
            inEur: ({ items }: { items: ({ price: string } | null)[] }) => items.map((item) => item?.price).join(),
            inUsd: ({ items }: { items: ({ price: string } | null)[] }) => items.map((item) => item?.price).join(),
          },
        },
      },
    },
    operation: '{ shelf { inEur inUsd items { price(currency: "GBP") } } }',
    expected: {
      data: {
        shelf: {
          inEur: 'book EUR,,film EUR',
          inUsd: 'book USD,,film USD',
          items: [{ price: 'book GBP' }, null, { price: 'film GBP' }],
        },
      },
    },
    wrong: {
      stock: {
        answer: {
          data: {
            shelf: {
              inEur: 'book USD,,film USD',
              inUsd: 'book USD,,film USD',
              items: [{ price: 'book USD' }, null, { price: 'film USD' }],
            },
          },
        },
        why: 'Its planner knows one field of a name, with the arguments that it met first, and computes from that.',
      },
    },
  },
  {
    name: 'a field requires one that requires another',
    rule: 'requires',
    subgraphs: {
      products,
      shipping,
      invoices: {
        sdl: 'type Product @key(fields: "id") { id: ID! cost: Int @external total: Int @requires(fields: "cost") }',
        resolvers: { Product: { total: ({ cost }: { cost: number }) => cost + 1 } },
      },
    },
    operation: '{ product { total } }',
    expected: { data: { product: { total: 61 } } },
  },
  {
    name: 'a required field is null: so it is sent',
    rule: 'requires',
    subgraphs: { products: lighter(() => null), shipping },
    operation: '{ product { cost } }',
    expected: { data: { product: { cost: -1 } } },
  },
  {
    name: 'a required field fails and is null: so it is sent, and the error is at the object',
    rule: 'errorPaths',
    subgraphs: { products: lighter(fail), shipping },
    operation: '{ product { name cost free } }',
    expected: { data: { product: { name: 'Table', cost: -1, free: true } }, errors: ['product'] },
    wrong: {
      stock: {
        answer: { data: { product: { name: 'Table', cost: -1, free: true } }, errors: ['product.weight'] },
        why: 'The path leads to a field that the client has not asked for: a path is made of the keys of the response.',
      },
    },
  },
  {
    name: 'a required field fails that may not be null: what does not require it is there all the same',
    rule: 'errors',
    subgraphs: {
      products,
      scales: {
        sdl: 'type Product @key(fields: "id") { id: ID! load: Int! }',
        resolvers: { Product: { load: fail } },
      },
      shipping: {
        sdl: 'type Product @key(fields: "id") { id: ID! load: Int! @external cost: Int @requires(fields: "load") free: Boolean }',
        resolvers: { Product: { cost: ({ load }: { load: number }) => load * 2, free: () => true } },
      },
    },
    operation: '{ product { name cost free } }',
    expected: { data: { product: { name: 'Table', cost: null, free: true } }, errors: ['product.cost'] },
    wrong: {
      stock: {
        answer: { data: { product: { name: 'Table', cost: null, free: true } }, errors: ['product.load'] },
        why: 'The path leads to a field that the client has not asked for: a path is made of the keys of the response.',
      },
    },
  },
  {
    name: 'the client skips a field that another one requires',
    rule: 'directives',
    subgraphs: { products, shipping },
    operation: 'query($skip: Boolean!) { product { weight @skip(if: $skip) cost } }',
    variables: { skip: true },
    expected: { data: { product: { cost: 60 } } },
  },
  {
    name: 'the client includes what requires, and not what is required, by variables',
    rule: 'directives',
    subgraphs: { products, shipping },
    operation: `query($yes: Boolean!, $no: Boolean!) {
      product { weight @include(if: $no) ... @include(if: $yes) { cost } ... @include(if: $no) { cost free } } }`,
    variables: { yes: true, no: false },
    expected: { data: { product: { cost: 60 } } },
  },
  {
    name: 'the client skips what requires',
    rule: 'directives',
    subgraphs: { products, shipping },
    operation: 'query($skip: Boolean!) { product { name cost @skip(if: $skip) } }',
    variables: { skip: true },
    expected: { data: { product: { name: 'Table' } } },
  },
  {
    name: 'another field has the alias of the required one',
    rule: 'fields',
    subgraphs: { products, shipping },
    operation: '{ product { weight: name cost } }',
    expected: { data: { product: { weight: 'Table', cost: 60 } } },
    wrong: {
      stock: {
        answer: { data: { product: { weight: 'Table', cost: null } }, errors: ['product.cost'] },
        why: 'Its planner takes the client’s alias for the field of that name that it needs itself. The subgraph is sent a name for a weight.',
      },
    },
  },
  {
    name: 'a field of a list’s objects requires one that is there for some of them',
    rule: 'requires',
    subgraphs: {
      products: {
        sdl: `
          type Query { products: [Product] }
          type Product @key(fields: "id") { id: ID! size: Size }
          type Size { width: Int! }`,
        resolvers: {
          Query: { products: () => [{ id: '1', size: { width: 3 } }, null, { id: '2', size: null }, { id: '3' }] },
          Product: { size: ({ id, size }: typeof TABLE) => (id === '3' ? fail() : size) },
        },
      },
      packing: {
        sdl: `
          type Product @key(fields: "id") { id: ID! size: Size @external box: Int @requires(fields: "size { width }") }
          type Size { width: Int! @external }`,
        resolvers: { Product: { box: ({ size }: { size: { width: number } | null }) => size?.width ?? 0 } },
      },
    },
    operation: '{ products { id box } }',
    expected: {
      data: { products: [{ id: '1', box: 3 }, null, { id: '2', box: 0 }, { id: '3', box: 0 }] },
      errors: ['products.3'],
    },
    wrong: {
      stock: {
        answer: {
          data: { products: [{ id: '1', box: 3 }, null, { id: '2', box: 0 }, { id: '3', box: 0 }] },
          errors: ['products.3.size'],
        },
        why: 'The path leads to a field that the client has not asked for: a path is made of the keys of the response.',
      },
    },
  },
  {
    name: 'a field requires fields of an interface’s implementations',
    rule: 'requires',
    subgraphs: {
      shelf: {
        sdl: `
          type Query { shelf: Shelf }
          type Shelf @key(fields: "id") { id: ID! item: Item }
          interface Item { title: String }
          type Book implements Item { title: String pages: Int }
          type Film implements Item { title: String minutes: Int }`,
        resolvers: {
          Query: { shelf: () => ({ id: '1', item: { __typename: 'Film', title: 'Heat', minutes: 170 } }) },
        },
      },
      hours: {
        sdl: `
          type Shelf @key(fields: "id") {
            id: ID!
            item: Item @external
            hours: String @requires(fields: "item { __typename title ... on Book { pages } ... on Film { minutes } }")
          }
          interface Item { title: String }
          type Book implements Item { title: String @external pages: Int @external }
          type Film implements Item { title: String @external minutes: Int @external }`,
        resolvers: { Shelf: { hours: ({ item }: { item: object }) => JSON.stringify(item) } },
      },
    },
    operation: '{ shelf { hours item { __typename } } }',
    expected: {
      data: {
        shelf: { hours: '{"__typename":"Film","title":"Heat","minutes":170}', item: { __typename: 'Film' } },
      },
    },
  },
];
