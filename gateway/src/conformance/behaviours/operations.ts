import { type Behaviour, fail } from '../behaviour.ts';

type Id = { id: string };

const products = {
  sdl: `
    type Query { product: Product products: [Product!]! }
    type Product @key(fields: "id") { id: ID! name: String maker: Maker }
    type Maker @key(fields: "id") { id: ID! name: String }`,
  resolvers: {
    Query: {
      product: () => ({ id: '1', name: 'Table', maker: { id: 'm', name: 'Maker' } }),
      products: () => [
        { id: '1', name: 'Table', maker: { id: 'm', name: 'Maker' } },
        { id: '2', name: 'Chair', maker: null },
      ],
    },
  },
};
const reviews = {
  sdl: `
    type Query { reviewed: Product }
    type Product @key(fields: "id") { id: ID! stars(of: Int = 5): Int makers: [Maker] }
    type Maker @key(fields: "id") { id: ID! stars: Int }`,
  resolvers: {
    Query: { reviewed: () => ({ id: '1' }) },
    Product: { stars: (_: unknown, { of }: { of: number }) => of - 1, makers: ({ id }: Id) => [{ id }, { id: 'm' }] },
    Maker: { stars: ({ id }: Id) => id.length },
  },
};
const subgraphs = { products, reviews };

/** A number that two subgraphs read and change. */
const register = () => {
  let value = 0;
  const set = (next: number) => {
    value = next;
    return value;
  };
  return {
    read: () => value,
    set: (_: unknown, { to }: { to: number }) => set(to),
    add: () => set(value + 1),
    twice: () => set(value * 2),
  };
};
const { read, set, add, twice } = register();
const counters = {
  a: {
    sdl: 'type Query { a: Int } type Mutation { set(to: Int!): Int add: Int }',
    resolvers: { Query: { a: read }, Mutation: { set, add } },
  },
  b: {
    sdl: 'type Query { b: Int } type Mutation { twice: Int broken: Int }',
    resolvers: { Query: { b: read }, Mutation: { twice, broken: fail } },
  },
};

export const operationBehaviours: readonly Behaviour[] = [
  {
    name: '`@skip` and `@include` by variables, on fields and fragments, inside of each other',
    rule: 'directives',
    subgraphs,
    operation: `query($yes: Boolean!, $no: Boolean!) {
      product {
        a: stars @include(if: $yes)
        b: stars @include(if: $no)
        c: stars @include(if: $yes) @skip(if: $yes)
        ... @skip(if: $no) { d: stars @include(if: $yes) maker @include(if: $no) { stars } }
        ...F @include(if: $no)
      }
      none: product @skip(if: $yes) { stars }
    }
    fragment F on Product { name }`,
    variables: { yes: true, no: false },
    expected: { data: { product: { a: 4, d: 4 } } },
  },
  {
    name: 'the same field twice, under conditions that exclude each other',
    rule: 'fields',
    subgraphs,
    operation:
      'query($a: Boolean!) { product { maker @include(if: $a) { name } maker @skip(if: $a) { stars } maker { id @include(if: $a) } } }',
    variables: { a: false },
    expected: { data: { product: { maker: { stars: 1 } } } },
  },
  {
    name: 'a field stands where it is met first, not where it was left out',
    rule: 'fields',
    subgraphs,
    operation: `query($a: Boolean!) {
      product { name @include(if: $a) ... @skip(if: $a) { stars } id name maker { stars @include(if: $a) id stars name } } }`,
    variables: { a: false },
    expected: { data: { product: { stars: 4, id: '1', name: 'Table', maker: { id: 'm', stars: 1, name: 'Maker' } } } },
  },
  {
    name: 'the condition is a variable with a default',
    rule: 'directives',
    subgraphs,
    operation: 'query($a: Boolean = true) { product { stars @include(if: $a) name @skip(if: $a) } }',
    expected: { data: { product: { stars: 4 } } },
  },
  {
    name: 'nothing is left of a selection',
    rule: 'directives',
    subgraphs,
    operation:
      'query($a: Boolean!) { product { stars @include(if: $a) } products { ... @include(if: $a) { stars name } } }',
    variables: { a: false },
    expected: { data: { product: {}, products: [{}, {}] } },
  },
  {
    name: 'nothing is left of the operation',
    rule: 'directives',
    subgraphs,
    operation: 'query($a: Boolean!) { product @include(if: $a) { stars } ... @include(if: $a) { __typename } }',
    variables: { a: false },
    expected: { data: {} },
  },
  {
    name: 'the root’s `__typename`, and nothing else',
    rule: 'introspection',
    subgraphs,
    operation: '{ __typename it: __typename }',
    expected: { data: { __typename: 'Query', it: 'Query' } },
  },
  {
    name: 'one field under several names, with other arguments and other selections',
    rule: 'fields',
    subgraphs,
    operation:
      '{ x: product { stars } product { stars: stars(of: 9) b: stars(of: 5) id } y: product { x: makers { stars } y: makers { id } } }',
    expected: {
      data: {
        x: { stars: 4 },
        product: { stars: 8, b: 4, id: '1' },
        y: { x: [{ stars: 1 }, { stars: 1 }], y: [{ id: '1' }, { id: 'm' }] },
      },
    },
  },
  {
    name: 'selections of one field in several fragments are one',
    rule: 'fields',
    subgraphs,
    operation: `
      { reviewed { ...A ...B maker { ...C } } }
      fragment A on Product { maker { name } makers { ...C } }
      fragment B on Product { maker { stars } makers { name } ...A }
      fragment C on Maker { id }`,
    expected: {
      data: {
        reviewed: {
          maker: null,
          makers: [
            { id: '1', name: null },
            { id: 'm', name: null },
          ],
        },
      },
    },
  },
  {
    name: 'aliases exchange the names of two fields of two subgraphs',
    rule: 'fields',
    subgraphs,
    operation: '{ products { stars: name name: stars maker { id: stars stars: id } } }',
    expected: {
      data: {
        products: [
          { stars: 'Table', name: 4, maker: { id: 1, stars: 'm' } },
          { stars: 'Chair', name: 4, maker: null },
        ],
      },
    },
  },
  {
    name: 'mutations of two subgraphs take place one after the other',
    rule: 'mutations',
    subgraphs: counters,
    operation: 'mutation { set(to: 0) one: add two: twice three: add six: twice twelve: twice }',
    expected: { data: { set: 0, one: 1, two: 2, three: 3, six: 6, twelve: 12 } },
  },
  {
    name: 'a mutation that is written twice takes place once, one with another name again',
    rule: 'mutations',
    subgraphs: counters,
    operation: 'mutation { set(to: 0) add ...F add again: add after: twice } fragment F on Mutation { add }',
    expected: { data: { set: 0, add: 1, again: 2, after: 4 } },
  },
  {
    name: 'a mutation fails, and the next ones take place',
    rule: 'mutations',
    subgraphs: counters,
    operation: 'mutation { set(to: 1) broken twice more: broken add }',
    expected: { data: { set: 1, broken: null, twice: 2, more: null, add: 3 }, errors: ['broken', 'more'] },
  },
  {
    name: 'what a mutation gives is read before the next one takes place',
    rule: 'mutations',
    subgraphs: {
      carts: {
        sdl: 'type Query { cart: Cart } type Mutation { open: Cart } type Cart @key(fields: "id") { id: ID! }',
        resolvers: { Query: { cart: () => ({ id: '1' }) }, Mutation: { open: () => ({ id: '1' }) } },
      },
      items: {
        sdl: 'type Mutation { set(to: Int!): Int } type Cart @key(fields: "id") { id: ID! count: Int }',
        resolvers: { Mutation: { set }, Cart: { count: read } },
      },
    },
    operation: 'mutation { none: set(to: 0) before: open { count } set(to: 3) after: open { count } }',
    expected: { data: { none: 0, before: { count: 0 }, set: 3, after: { count: 3 } } },
  },
  {
    name: 'a mutation’s payload leads back to all queries',
    rule: 'mutations',
    subgraphs: {
      carts: {
        sdl: 'type Query { cart: String } type Mutation { set(to: Int!): Changed } type Changed { is: Int query: Query }',
        resolvers: {
          Query: { cart: () => 'cart' },
          Mutation: { set: (_: unknown, { to }: { to: number }) => ({ is: to, query: {} }) },
        },
      },
      items: {
        sdl: 'type Query { items: [Item] } type Item { id: ID }',
        resolvers: { Query: { items: () => [{ id: '1' }] } },
      },
    },
    operation:
      'mutation { a: set(to: 1) { is query { items { id } cart } } b: set(to: 2) { query { items { id } __typename } } }',
    expected: {
      data: {
        a: { is: 1, query: { items: [{ id: '1' }], cart: 'cart' } },
        b: { query: { items: [{ id: '1' }], __typename: 'Query' } },
      },
    },
  },
  {
    name: 'introspection with fragments, aliases and variables, beside data',
    rule: 'introspection',
    subgraphs,
    operation: `
      query($name: String!, $deep: Boolean!) {
        product { stars }
        maker: __type(name: $name) { ...T fields @include(if: $deep) { name type { kind ofType { ...T } } } }
        none: __type(name: "Nothing") { name }
        __schema { queryType { ...T } mutationType { name } }
      }
      fragment T on __Type { it: name is: __typename }`,
    variables: { name: 'Maker', deep: true },
    expected: {
      data: {
        product: { stars: 4 },
        maker: {
          it: 'Maker',
          is: '__Type',
          fields: [
            { name: 'id', type: { kind: 'NON_NULL', ofType: { it: 'ID', is: '__Type' } } },
            { name: 'name', type: { kind: 'SCALAR', ofType: null } },
            { name: 'stars', type: { kind: 'SCALAR', ofType: null } },
          ],
        },
        none: null,
        __schema: { queryType: { it: 'Query', is: '__Type' }, mutationType: null },
      },
    },
  },
  {
    name: 'introspection under several names and in several places',
    rule: 'introspection',
    subgraphs,
    operation: `
      query($with: Boolean!) {
        a: __type(name: "Product") { name } b: __type(name: "Maker") { name }
        __schema { queryType { name } } ...S @include(if: $with) c: __schema @skip(if: $with) { queryType { name } }
        b: __type(name: "Maker") { kind }
      }
      fragment S on Query { __schema { queryType { kind } subscriptionType { name } } }`,
    variables: { with: true },
    expected: {
      data: {
        a: { name: 'Product' },
        b: { name: 'Maker', kind: 'OBJECT' },
        __schema: { queryType: { name: 'Query', kind: 'OBJECT' }, subscriptionType: null },
      },
    },
    wrong: {
      stock: {
        answer: { refused: 'Was not able to find any options for __schema' },
        why: 'Introspection is planned as if subgraphs had it, where it stands in a fragment with a condition.',
      },
    },
  },
  {
    name: 'introspection shows nothing of federation, and no `@defer`',
    rule: 'introspection',
    subgraphs,
    operation: '{ __schema { types { name } directives { name } } }',
    expected: {
      data: {
        __schema: {
          types: [
            'Maker',
            'ID',
            'String',
            'Int',
            'Product',
            'Query',
            'Boolean',
            '__Schema',
            '__Type',
            '__TypeKind',
            '__Field',
            '__InputValue',
            '__EnumValue',
            '__Directive',
            '__DirectiveLocation',
          ].map((name) => ({ name })),
          directives: ['include', 'skip', 'deprecated', 'specifiedBy', 'oneOf'].map((name) => ({ name })),
        },
      },
    },
  },
];
