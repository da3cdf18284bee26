import type { Behaviour } from '../behaviour.ts';

/** Says what it was asked with. */
const said = (_: unknown, args: object) => JSON.stringify(args);

const products = {
  sdl: 'type Query { product(id: ID! = "1"): Product } type Product @key(fields: "id") { id: ID! }',
  resolvers: { Query: { product: (_: unknown, { id }: { id: string }) => ({ id }) } },
};
const echo = {
  sdl: `
    scalar Json
    enum Order { ASC DESC }
    input Range { min: Int = 1 max: Int order: Order! = ASC inner: [Range!] }
    type Product @key(fields: "id") {
      id: ID!
      first(count: Int = 10, after: String): String
      range(range: Range, ranges: [Range]): String
      list(ids: [ID!], matrix: [[Int]]): String
      json(value: Json): String
    }`,
  resolvers: { Product: { first: said, range: said, list: said, json: said } },
};
const subgraphs = { products, echo };

export const inputBehaviours: readonly Behaviour[] = [
  {
    name: 'an argument that is left out has its default, one that is null is null',
    rule: 'arguments',
    subgraphs,
    operation: '{ product { id a: first b: first(count: null) c: first(after: null) } }',
    expected: {
      data: { product: { id: '1', a: '{"count":10}', b: '{"count":null}', c: '{"count":10,"after":null}' } },
    },
  },
  {
    name: 'an argument has its default when its variable is not given, and null when that is null',
    rule: 'arguments',
    subgraphs,
    operation:
      'query($absent: Int, $null: Int, $own: Int = 3) { product { a: first(count: $absent) b: first(count: $null) c: first(count: $own) } }',
    variables: { null: null },
    expected: { data: { product: { a: '{"count":10}', b: '{"count":null}', c: '{"count":3}' } } },
  },
  {
    name: 'a variable’s default is for one that is not given, not for one that is null',
    rule: 'variables',
    subgraphs,
    operation: 'query($a: Int = 3, $b: Int = 4) { product { a: first(count: $a) b: first(count: $b) } }',
    variables: { b: null },
    expected: { data: { product: { a: '{"count":3}', b: '{"count":null}' } } },
  },
  {
    name: 'fields of an input object have their defaults, in literals and in variables',
    rule: 'coercion',
    subgraphs,
    operation:
      'query($range: Range) { product { a: range(range: { max: 3 }) b: range(range: $range) c: range(range: { min: null, inner: { order: DESC } }) } }',
    variables: { range: { inner: [{ max: 2 }] } },
    expected: {
      data: {
        product: {
          a: '{"range":{"min":1,"max":3,"order":"ASC"}}',
          b: '{"range":{"min":1,"order":"ASC","inner":[{"min":1,"max":2,"order":"ASC"}]}}',
          c: '{"range":{"min":null,"order":"ASC","inner":[{"min":1,"order":"DESC"}]}}',
        },
      },
    },
  },
  {
    name: 'variables that are not given, inside of an input object and of a list',
    rule: 'coercion',
    subgraphs,
    operation:
      'query($min: Int, $max: Int) { product { a: range(range: { min: $min, max: $max }) b: list(matrix: [[$min, $max]]) } }',
    variables: { max: 7 },
    expected: {
      data: { product: { a: '{"range":{"min":1,"max":7,"order":"ASC"}}', b: '{"matrix":[[null,7]]}' } },
    },
  },
  {
    name: 'one value becomes a list of one, in literals and in variables',
    rule: 'coercion',
    subgraphs,
    operation:
      'query($ids: [ID!], $ranges: [Range]) { product { a: list(ids: 7, matrix: 1) b: list(ids: $ids) c: range(ranges: $ranges) } }',
    variables: { ids: 8, ranges: { min: 2 } },
    expected: {
      data: {
        product: { a: '{"ids":["7"],"matrix":[[1]]}', b: '{"ids":["8"]}', c: '{"ranges":[{"min":2,"order":"ASC"}]}' },
      },
    },
  },
  {
    name: 'a custom scalar’s literal, with variables inside',
    rule: 'coercion',
    subgraphs,
    operation:
      'query($x: Json, $absent: Json) { product { json(value: { a: [1, 2.5, "b", null, true, E], x: $x, y: $absent }) } }',
    variables: { x: { deep: [1] } },
    expected: { data: { product: { json: '{"value":{"a":[1,2.5,"b",null,true,"E"],"x":{"deep":[1]}}}' } } },
  },
  {
    name: 'numbers are IDs, and equal literals and variables ask for the same',
    rule: 'coercion',
    subgraphs,
    operation:
      'query($id: ID!) { a: product(id: 7) { id first(count: 1) } b: product(id: $id) { id first(count: 2) } }',
    variables: { id: 7 },
    expected: { data: { a: { id: '7', first: '{"count":1}' }, b: { id: '7', first: '{"count":2}' } } },
  },
  {
    name: 'a variable of a directive and of an argument of two subgraphs is the same one',
    rule: 'variables',
    subgraphs: {
      a: { sdl: 'type Query { a(on: Boolean): String }', resolvers: { Query: { a: said } } },
      b: { sdl: 'type Query { b(on: Boolean): String }', resolvers: { Query: { b: said } } },
    },
    operation: 'query($on: Boolean! = true) { a(on: $on) b(on: $on) @include(if: $on) c: b @skip(if: $on) }',
    expected: { data: { a: '{"on":true}', b: '{"on":true}' } },
  },
  {
    name: 'values of an enum that only gives: all of both subgraphs',
    rule: 'composition',
    subgraphs: {
      a: { sdl: 'type Query { a: Colour } enum Colour { RED BLUE }', resolvers: { Query: { a: () => 'BLUE' } } },
      b: {
        sdl: 'type Query { b: [Colour] } enum Colour { RED GREEN }',
        resolvers: { Query: { b: () => ['GREEN', 'RED'] } },
      },
    },
    operation: '{ a b __type(name: "Colour") { enumValues { name } } }',
    expected: {
      data: {
        a: 'BLUE',
        b: ['GREEN', 'RED'],
        __type: { enumValues: [{ name: 'RED' }, { name: 'BLUE' }, { name: 'GREEN' }] },
      },
    },
  },
  {
    name: 'values of an enum that only takes: those that both subgraphs know',
    rule: 'composition',
    subgraphs: {
      a: { sdl: 'type Query { a(in: Colour): String } enum Colour { RED BLUE }', resolvers: { Query: { a: said } } },
      b: { sdl: 'type Query { b(in: Colour): String } enum Colour { RED GREEN }', resolvers: { Query: { b: said } } },
    },
    operation: '{ a(in: RED) b(in: RED) __type(name: "Colour") { enumValues { name } } }',
    expected: { data: { a: '{"in":"RED"}', b: '{"in":"RED"}', __type: { enumValues: [{ name: 'RED' }] } } },
  },
  {
    name: 'an optional argument that only one subgraph knows is none',
    rule: 'composition',
    subgraphs: {
      a: { sdl: 'type Query { a(x: Int, y: Int): String @shareable }', resolvers: { Query: { a: said } } },
      b: { sdl: 'type Query { a(x: Int): String @shareable }', resolvers: { Query: { a: said } } },
    },
    operation: '{ a(x: 1) __type(name: "Query") { fields { args { name } } } }',
    expected: { data: { a: '{"x":1}', __type: { fields: [{ args: [{ name: 'x' }] }] } } },
  },
];
