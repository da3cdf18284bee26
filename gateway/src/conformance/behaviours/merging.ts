import { type Behaviour, fail, findBy } from '../behaviour.ts';

type Id = { id: string };

const BOOK = { __typename: 'Book', id: '1', title: 'Emma', pages: 474 };
const FILM = { __typename: 'Film', id: '2', title: 'Heat', minutes: 170 };

const shapes = {
  a: {
    sdl: `
      type Query { any: Any @shareable list: [Point] @shareable }
      union Any = Point | Line
      type Point { x: Int z: Z @shareable }
      type Line { length: Int @shareable }
      type Z { a: Int }`,
    resolvers: {
      Query: {
        any: () => ({ __typename: 'Point', x: 1, z: { a: 1 } }),
        list: () => [{ x: 1, z: { a: 1 } }, null, { x: 2, z: null }],
      },
    },
  },
  b: {
    sdl: `
      type Query { any: Any @shareable list: [Point] @shareable }
      union Any = Point | Line
      type Point { y: Int z: Z @shareable }
      type Line { length: Int @shareable }
      type Z { b: Int }`,
    resolvers: {
      Query: {
        any: () => ({ __typename: 'Point', y: 1, z: { b: 1 } }),
        list: () => [{ y: 1, z: { b: 1 } }, null, { y: 2, z: null }],
      },
    },
  },
};

/** One subgraph says what the other's interface is. */
const narrower = {
  shelf: {
    sdl: `
      type Query { shelf: Shelf }
      type Shelf @key(fields: "id") { id: ID! item: Item @shareable name: String }
      interface Item { id: ID! title: String }
      type Book implements Item @key(fields: "id") { id: ID! title: String @shareable }
      type Film implements Item @key(fields: "id") { id: ID! title: String @shareable }`,
    resolvers: { Query: { shelf: () => ({ id: '1', item: FILM, name: 'Shelf' }) } },
  },
  desk: {
    sdl: `
      type Query { desk: Shelf }
      type Shelf @key(fields: "id") { id: ID! item: Book @shareable }
      type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int }`,
    resolvers: { Query: { desk: () => ({ id: '2', item: BOOK }) } },
  },
};

const upper = {
  products: {
    sdl: `
      directive @upper(times: Int = 1) on FIELD
      type Query { product: Product }
      type Product @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Query: { product: () => ({ id: '1' }) },
      Product: { name: directivesOf },
    },
  },
  labels: {
    sdl: 'directive @upper(times: Int = 1) on FIELD type Product @key(fields: "id") { id: ID! label: String }',
    resolvers: { Product: { label: directivesOf } },
  },
};

interface Info {
  fieldNodes: { directives: { name: { value: string }; arguments: { value: { kind: string } }[] }[] }[];
}

/** The directives that a field came with. */
function directivesOf(_source: unknown, _args: unknown, _context: unknown, { fieldNodes }: Info): string {
  return fieldNodes.flatMap(({ directives }) => directives.map(({ name }) => name.value)).join();
}

export const mergingBehaviours: readonly Behaviour[] = [
  {
    name: 'objects without a key are merged from two subgraphs, of a union and in lists',
    rule: 'shareable',
    subgraphs: shapes,
    operation: '{ any { ... on Point { x y z { a b } } ... on Line { length } } list { x y z { b a } } }',
    expected: {
      data: {
        any: { x: 1, y: 1, z: { a: 1, b: 1 } },
        list: [{ x: 1, y: 1, z: { b: 1, a: 1 } }, null, { x: 2, y: 2, z: null }],
      },
    },
  },
  {
    name: 'a field is of a narrower type in one subgraph, the other says what it is',
    rule: 'composition',
    subgraphs: narrower,
    operation: '{ desk { item { __typename title } } shelf { item { __typename title ... on Book { pages } } } }',
    expected: {
      data: {
        desk: { item: { __typename: 'Book', title: 'Emma' } },
        shelf: { item: { __typename: 'Film', title: 'Heat' } },
      },
    },
  },
  {
    name: 'a field is of a narrower type in one subgraph, and nothing hangs on the type',
    rule: 'composition',
    subgraphs: narrower,
    operation: '{ desk { name item { id title } } }',
    expected: { data: { desk: { name: null, item: { id: '1', title: 'Emma' } } } },
  },
  {
    name: 'a field is of a narrower type in one subgraph, and a fragment tells the types apart',
    rule: 'composition',
    subgraphs: narrower,
    operation: '{ desk { item { ... on Book { title pages } ... on Film { title } } } }',
    expected: { data: { desk: { item: { title: 'Emma', pages: 474 } } } },
  },
  {
    name: 'a field may be null in one subgraph, and so it may altogether',
    rule: 'composition',
    subgraphs: {
      a: {
        sdl: 'type Query { a: Point } type Point @shareable { x: Int! }',
        resolvers: { Query: { a: () => ({ x: 1 }) } },
      },
      b: {
        sdl: 'type Query { b: Point } type Point @shareable { x: Int }',
        resolvers: { Query: { b: () => ({ x: null }) } },
      },
    },
    operation: '{ a { x } b { x } }',
    expected: { data: { a: { x: 1 }, b: { x: null } } },
  },
  {
    name: 'an argument that one subgraph needs, and the other does not',
    rule: 'composition',
    subgraphs: {
      a: {
        sdl: 'type Query { f(x: Int!): Int @shareable }',
        resolvers: { Query: { f: (_: unknown, { x }: { x: number }) => x } },
      },
      b: { sdl: 'type Query { f(x: Int): Int @shareable g: Int }', resolvers: { Query: { f: fail, g: () => 1 } } },
    },
    operation: '{ __type(name: "Query") { fields { name args { type { kind } } } } }',
    expected: {
      data: {
        __type: {
          fields: [
            { name: 'f', args: [{ type: { kind: 'NON_NULL' } }] },
            { name: 'g', args: [] },
          ],
        },
      },
    },
  },
  {
    name: 'a subgraph’s root types have names of their own',
    rule: 'composition',
    subgraphs: {
      a: {
        sdl: 'schema { query: Root mutation: Change } type Root { a: Int self: Root } type Change { set: Root }',
        resolvers: { Root: { a: () => 1, self: () => ({}) }, Change: { set: () => ({}) } },
      },
      b: { sdl: 'type Query { b: Int }', resolvers: { Query: { b: () => 2 } } },
    },
    operation: 'mutation { set { a b __typename self { b is: __typename } } __typename }',
    expected: {
      data: { set: { a: 1, b: 2, __typename: 'Query', self: { b: 2, is: 'Query' } }, __typename: 'Mutation' },
    },
    wrong: {
      stock: {
        answer: { data: { set: null, __typename: 'Mutation' } },
        why: 'The object is there; it is null, and without an error, because its subgraph calls the type by another name.',
      },
    },
  },
  {
    name: 'an interface implements another one, in one subgraph alone',
    rule: 'fields',
    subgraphs: {
      shelf: {
        sdl: `
          type Query { nodes: [Node] }
          interface Node { id: ID! }
          interface Item implements Node { id: ID! title: String }
          type Book implements Item & Node @key(fields: "id") { id: ID! title: String }
          type Film implements Item & Node @key(fields: "id") { id: ID! title: String }
          type Pen implements Node { id: ID! }`,
        resolvers: { Query: { nodes: () => [BOOK, { __typename: 'Pen', id: '3' }, FILM] } },
      },
      lengths: {
        sdl: `
          interface Long { pages: Int }
          interface Longer implements Long { pages: Int }
          type Book implements Longer & Long @key(fields: "id") { id: ID! pages: Int }
          type Tape implements Long { pages: Int }`,
        resolvers: { Book: { __resolveReference: findBy([BOOK] as Id[], 'id') } },
      },
    },
    operation: '{ nodes { id ... on Item { title ... on Long { pages ... on Longer { more: pages } } } } }',
    expected: {
      data: { nodes: [{ id: '1', title: 'Emma', pages: 474, more: 474 }, { id: '3' }, { id: '2', title: 'Heat' }] },
    },
  },
  {
    name: 'directives of the graph’s own reach the subgraphs, each with its field',
    rule: 'composition',
    subgraphs: upper,
    operation: '{ product { a: name b: name @upper c: label @upper(times: 2) label } }',
    expected: { data: { product: { a: '', b: 'upper', c: 'upper', label: '' } } },
  },
];
