import { type Behaviour, fail } from '../behaviour.ts';

type Id = { id: string };

const said = (_: unknown, args: object) => JSON.stringify(args);
const MANY = Array.from({ length: 1500 }, (_, index) => ({ id: `${index}` }));
const JSON_VALUE = { __typename: 'x', id: null, list: [1, null, { a: [] }], text: 'é"\\ ' };

const hits = (note: (hit: { id: string; note: string }) => unknown) => ({
  sdl: `
    type Query { hits: [Hit] }
    type Hit @key(fields: "id") { id: ID! note: String at: Place }
    type Place { line: Int }`,
  resolvers: {
    Query: {
      hits: () => [
        { id: '1', note: 'first', at: { line: 1 } },
        { id: '1', note: 'second', at: { line: 2 } },
        { id: '1', note: 'third', at: null },
      ],
    },
    Hit: { note },
  },
});
const scores = {
  sdl: 'type Hit @key(fields: "id") { id: ID! score: Int at2: Place2 } type Place2 { id: ID }',
  resolvers: { Hit: { score: () => 7, at2: ({ id }: Id) => ({ id }) } },
};

const products = {
  sdl: `
    scalar Json
    type Query { product: Product many: [Product] }
    type Product @key(fields: "id") { id: ID! name: String data: Json maker: Maker }
    type Maker @key(fields: "id") { id: ID! }`,
  resolvers: {
    Query: { product: () => ({ id: '1', name: 'Table', data: JSON_VALUE, maker: { id: 'm' } }), many: () => MANY },
  },
};
const echo = {
  sdl: `
    scalar Json
    input Range { min: Int max: Int }
    type Product @key(fields: "id") { id: ID! said(a: Int, b: String, c: Range, d: Json): String json: [Json] third: Int }
    type Maker @key(fields: "id") { id: ID! broken: Int whole: Int }`,
  resolvers: {
    Product: {
      said,
      json: () => [JSON_VALUE, 1, null, 'x', [JSON_VALUE]],
      third: ({ id }: Id) => (Number(id) % 700 === 699 ? fail() : Number(id)),
    },
    Maker: { broken: fail, whole: () => 1 },
  },
};
const subgraphs = { products, echo };

/** Fields that are called like members that every JavaScript object has. */
const hostile = (find: (product: Id) => unknown) => ({
  words: {
    sdl: 'type Query { word: Word } type Word @key(fields: "id") { id: ID! toString: String }',
    resolvers: { Query: { word: () => ({ id: '1', toString: 'a' }) } },
  },
  more: {
    sdl: `
      type Word @key(fields: "id") {
        id: ID! toString: String @external
        constructor: String valueOf: Sense hasOwnProperty: String @requires(fields: "toString")
      }
      type Sense { constructor: Int isPrototypeOf: [Int] }`,
    resolvers: {
      Word: {
        __resolveReference: find,
        constructor: () => 'b',
        valueOf: () => ({ constructor: 1, isPrototypeOf: [2] }),
        hasOwnProperty: (word: Id & { toString: string }) => `of ${word.toString}`,
      },
    },
  },
});

export const valueAndNameBehaviours: readonly Behaviour[] = [
  {
    name: 'equal entities of a list have different values in fields that are no keys',
    rule: 'completion',
    subgraphs: { hits: hits(({ note }) => note), scores },
    operation: '{ hits { score note at { line } at2 { id } } }',
    expected: {
      data: {
        hits: [
          { score: 7, note: 'first', at: { line: 1 }, at2: { id: '1' } },
          { score: 7, note: 'second', at: { line: 2 }, at2: { id: '1' } },
          { score: 7, note: 'third', at: null, at2: { id: '1' } },
        ],
      },
    },
  },
  {
    name: 'a field of one of the equal entities of a list fails',
    rule: 'errorPaths',
    subgraphs: { hits: hits(({ note }) => (note === 'second' ? fail() : null)), scores },
    operation: '{ hits { score note } }',
    expected: {
      data: {
        hits: [
          { score: 7, note: null },
          { score: 7, note: null },
          { score: 7, note: null },
        ],
      },
      errors: ['hits.1.note'],
    },
  },
  {
    name: 'more entities than one request should carry, errors at their places',
    rule: 'errorPaths',
    subgraphs,
    operation: '{ many { third } }',
    expected: {
      data: { many: MANY.map(({ id }) => ({ third: id === '699' || id === '1399' ? null : Number(id) })) },
      errors: ['many.1399.third', 'many.699.third'],
    },
  },
  {
    name: 'entities of two types of one subgraph, of which one fails',
    rule: 'errorPaths',
    subgraphs,
    operation: '{ product { third maker { whole it: broken } } }',
    expected: { data: { product: { third: 1, maker: { whole: 1, it: null } } }, errors: ['product.maker.it'] },
  },
  {
    name: 'values of a custom scalar are what the subgraph says, whatever is in them',
    rule: 'results',
    subgraphs,
    operation: '{ product { data json } again: product { json } }',
    expected: {
      data: {
        product: { data: JSON_VALUE, json: [JSON_VALUE, 1, null, 'x', [JSON_VALUE]] },
        again: { json: [JSON_VALUE, 1, null, 'x', [JSON_VALUE]] },
      },
    },
  },
  {
    name: 'a value of a custom scalar is required',
    rule: 'requires',
    subgraphs: {
      products,
      labels: {
        sdl: 'scalar Json type Product @key(fields: "id") { id: ID! data: Json @external label: Json @requires(fields: "data") }',
        resolvers: { Product: { label: ({ data }: { data: object }) => data } },
      },
    },
    operation: '{ product { label } }',
    expected: { data: { product: { label: JSON_VALUE } } },
  },
  {
    name: 'strings and numbers are sent as they are',
    rule: 'coercion',
    subgraphs,
    operation: String.raw`query($s: String) { product {
      a: said(b: "é\u00e9 \"q\" \\ \n $x #no") b: said(b: """ block "q" """) c: said(b: $s)
      d: said(d: [1e3, -0.5, 12345678901, "", true]) e: said(b: "") } }`,
    variables: { s: '"}\n\u2028' },
    expected: {
      data: {
        product: {
          a: JSON.stringify({ b: 'éé "q" \\ \n $x #no' }),
          b: JSON.stringify({ b: ' block "q" ' }),
          c: JSON.stringify({ b: '"}\n\u2028' }),
          d: '{"d":[1000,-0.5,12345678901,"",true]}',
          e: '{"b":""}',
        },
      },
    },
  },
  {
    name: 'a variable is called `representations`',
    rule: 'variables',
    subgraphs,
    operation: 'query($representations: Int) { product { said(a: $representations) maker { whole } } }',
    variables: { representations: 1 },
    expected: { data: { product: { said: '{"a":1}', maker: { whole: 1 } } } },
    wrong: {
      stock: {
        answer: { data: { product: { said: null, maker: { whole: 1 } } }, errors: ['-'] },
        why: 'It is the name of a variable in the gateway’s own requests, which are invalid with two of it.',
      },
    },
  },
  {
    name: 'variables have other names that a gateway would give its own',
    rule: 'variables',
    subgraphs,
    operation: `
      query($representations0: Int, $representations1: Int, $_0: Int, $v0: Int, $l0: Int, $__proto__: Int) {
        product {
          b: said(a: $representations0, b: "x") c: said(a: $representations1, b: "y")
          d: said(a: $_0, c: { max: 9 }) e: said(a: $v0, c: { min: $l0 }) f: said(a: 8) g: said(a: $__proto__)
          maker { whole }
        }
      }`,
    variables: JSON.parse('{"representations0":2,"representations1":3,"_0":4,"v0":5,"l0":6,"__proto__":7}'),
    expected: {
      data: {
        product: {
          b: '{"a":2,"b":"x"}',
          c: '{"a":3,"b":"y"}',
          d: '{"a":4,"c":{"max":9}}',
          e: '{"a":5,"c":{"min":6}}',
          f: '{"a":8}',
          g: '{"a":7}',
          maker: { whole: 1 },
        },
      },
    },
  },
  {
    name: 'aliases have the names that a gateway would give its own',
    rule: 'fields',
    subgraphs,
    operation: `{
      e0: product { said__alias_0: said(a: 1) said__alias_1: name said(a: 2) _entities: id e0: said(a: 3) }
      _entities: product { id__alias_0: name f0: said(a: 4) id: said(a: 5) } }`,
    expected: {
      data: {
        e0: { said__alias_0: '{"a":1}', said__alias_1: 'Table', said: '{"a":2}', _entities: '1', e0: '{"a":3}' },
        _entities: { id__alias_0: 'Table', f0: '{"a":4}', id: '{"a":5}' },
      },
    },
  },
  {
    name: 'aliases have the names of members that every JavaScript object has',
    rule: 'fields',
    subgraphs,
    operation:
      '{ toString: product { constructor: name hasOwnProperty: said(a: 1) valueOf: maker { then: whole } } then: product { id } }',
    // As text: an object with `then` would be taken for a promise.
    expected: {
      data: JSON.parse(
        '{"toString":{"constructor":"Table","hasOwnProperty":"{\\"a\\":1}","valueOf":{"then":1}},"then":{"id":"1"}}',
      ),
    },
  },
  {
    name: 'an alias is `__proto__`',
    rule: 'fields',
    subgraphs,
    operation: '{ product { __proto__: name maker { __proto__: whole } } }',
    expected: { data: JSON.parse('{"product":{"__proto__":"Table","maker":{"__proto__":1}}}') },
  },
  {
    name: 'fields have the names of members that every JavaScript object has',
    rule: 'fields',
    subgraphs: hostile((word) => word),
    operation: '{ word { toString constructor hasOwnProperty valueOf { constructor isPrototypeOf } } }',
    expected: {
      data: {
        word: {
          toString: 'a',
          constructor: 'b',
          hasOwnProperty: 'of a',
          valueOf: { constructor: 1, isPrototypeOf: [2] },
        },
      },
    },
  },
  {
    name: 'fields with such names are null when the entity is not there',
    rule: 'resolveEntities',
    subgraphs: hostile(() => null),
    operation: '{ word { toString constructor hasOwnProperty valueOf { constructor } } }',
    expected: { data: { word: { toString: 'a', constructor: null, hasOwnProperty: null, valueOf: null } } },
  },
  {
    name: 'a field that has moved is required by one of a third subgraph',
    rule: 'override',
    subgraphs: {
      catalogue: {
        sdl: 'type Query { product: Product } type Product @key(fields: "id") { id: ID! weight: String }',
        resolvers: { Query: { product: () => ({ id: '1' }) }, Product: { weight: () => 'catalogue' } },
      },
      scales: {
        sdl: 'type Product @key(fields: "id") { id: ID! weight: String @override(from: "catalogue") }',
        resolvers: { Product: { weight: () => 'scales' } },
      },
      shipping: {
        sdl: 'type Product @key(fields: "id") { id: ID! weight: String @external by: String @requires(fields: "weight") }',
        resolvers: { Product: { by: ({ weight }: { weight: string }) => weight } },
      },
    },
    operation: '{ product { by } }',
    expected: { data: { product: { by: 'scales' } } },
  },
];
