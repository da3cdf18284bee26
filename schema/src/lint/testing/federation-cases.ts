import { oneSubgraph, type RuleCase } from './rule-case.ts';

const OWNER = 'type T @key(fields: "id") { id: ID! name: String }';

export const federationCases: readonly RuleCase[] = [
  {
    rule: 'entity-keys',
    name: 'is content with keys that are not resolvable, and with value types that are the same everywhere',
    files: {
      a: 'type T @key(fields: "id", resolvable: false) { id: ID! } type V @shareable { x: Int } extend type Query { a: V }',
      b: `${OWNER} type V @shareable { x: Int } type Query { b: V } type Alone { y: Int }`,
    },
    finds: [],
  },
  {
    rule: 'entity-keys',
    name: 'finds a value type of which one subgraph has more, where it has it',
    files: { a: 'type V @shareable { x: Int }', b: 'type V @shareable { x: Int y: Int }', c: 'type W { z: Int }' },
    finds: ['V'],
  },
  {
    rule: 'entity-keys',
    name: 'reads keys of extensions',
    files: { a: 'type T { id: ID! x: Int } extend type T @key(fields: "id")', b: OWNER },
    finds: [],
  },
  {
    rule: 'unused-keys',
    name: 'knows a key whatever the order of its fields, and one that is written as an extension',
    files: {
      a: 'type T @key(fields: "b { c } a", resolvable: false) { a: ID! b: B } type B { c: ID! } extend type T @key(fields: "{ id }") { id: ID! }',
      c: 'type T @key(fields: "id", resolvable: false) { id: ID! }',
      b: 'type T @key(fields: "a b{c}") @key(fields: "id") @key(fields: "z") { id: ID! a: ID! b: B z: ID! } type B { c: ID! }',
    },
    finds: ['T'],
  },
  {
    rule: 'unused-keys',
    name: 'takes fields that another subgraph can give for a key: its own, and what it provides',
    files: {
      a: 'type T @key(fields: "id") { id: ID! sku: ID! @external } type Query { t: T @provides(fields: "sku") }',
      b: 'type T @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
      c: 'type U @key(fields: "id") { id: ID! sku: ID! @shareable }',
      d: 'type U @key(fields: "id") @key(fields: "sku") @key(fields: "sku shop") { id: ID! sku: ID! @shareable shop: ID! }',
      e: 'type V @key(fields: "id") { id: ID! sku: ID! @external x: Int @requires(fields: "sku") }',
      f: 'type V @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
    },
    finds: ['U', 'V'],
  },
  oneSubgraph(
    'unused-keys',
    'leaves an entity that nobody knows to another rule',
    'type T @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
    [],
  ),
  oneSubgraph(
    'unreferenced-entities',
    'minds neither stubs, nor what is no more than its key, nor what has no key that is resolvable',
    `type A @key(fields: "id", resolvable: false) { id: ID! x: Int } type B @key(fields: "id") { id: ID! }
     type C @key(fields: "b { id }") { b: B } type E @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! } type D @key(fields: "id") { id: ID! x: Int }`,
    ['D'],
  ),
  {
    rule: 'unreferenced-entities',
    name: 'minds neither a way back for @requires, nor for @fromContext, nor one that an interface with a key wants',
    files: {
      a: `type R @key(fields: "id") { id: ID! o: O x: Int @requires(fields: "o { y }") }
          type O @key(fields: "id") { id: ID! y: Int @external }
          type F @key(fields: "id") { id: ID! x(c: Int @fromContext(field: "$c { y }")): Int }
          interface N @key(fields: "id") { id: ID! } type I implements N @key(fields: "id") { id: ID! x: Int }
          interface M { id: ID! } type J implements M @key(fields: "id") { id: ID! x: Int }`,
      b: 'type O @key(fields: "id") { id: ID! y: Int }',
    },
    finds: ['J'],
  },
  {
    rule: 'resolvable-stubs',
    name: 'wants another subgraph that can be asked by the same key',
    files: {
      a: 'type T @key(fields: "id") { id: ID! } type U @key(fields: "id") { id: ID! } type V @key(fields: "id") { id: ID! }',
      b: `type T @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! name: String } type U @key(fields: "sku") { sku: ID! x: Int } type V @key(fields: "id") { id: ID! }`,
    },
    finds: ['T'],
  },
  {
    rule: 'resolvable-stubs',
    name: 'leaves what leads from one key to another, into a type that has more than the key, or from an interface with a key',
    files: {
      a: `type T @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }
          type U @key(fields: "o { id }") { o: O } type O { id: ID! name: String }
          type W @key(fields: "id") @interfaceObject { id: ID! } extend type W @federation__tag(name: "t")
          interface L @key(fields: "id") { id: ID! } type X @key(fields: "id", resolvable: false) { id: ID! } interface N @key(fields: "id") { id: ID! } type I implements N @key(fields: "id") { id: ID! } extend type S @key(fields: "id region") { region: ID! id: ID! }`,
      b: `type T @key(fields: "id") { id: ID! x: Int } type U @key(fields: "o { id }") { o: O x: Int } type O { id: ID! @shareable }
          interface W @key(fields: "id") { id: ID! x: Int } type L @key(fields: "id") @interfaceObject { id: ID! x: Int } type X @key(fields: "id") { id: ID! x: Int } type I @key(fields: "id") { id: ID! x: Int } type S @key(fields: "region id") { id: ID! region: ID! x: Int }`,
    },
    finds: ['S'],
  },
  {
    rule: 'shared-field-types',
    name: 'compares types, arguments and defaults, whatever the order of the arguments',
    files: {
      a: 'type V @shareable { a: Int b(x: Int, y: Int = 1): Int c(x: Int): Int d: [Int] e(x: Int = 1): Int }',
      b: 'type V @shareable { a: Int b(y: Int = 1, x: Int): Int c: Int d: [Int!] e(x: Int = 2): Int }',
      c: 'type V @shareable { a: Int! b(x: Int, y: Int = 1): Int c(x: Int): Int d: [Int] e(x: Int = 1): Int }',
    },
    finds: ['V.c', 'V.d', 'V.e', 'V.a'],
  },
  {
    rule: 'shared-field-types',
    name: 'leaves what is external, taken over, or no object',
    files: {
      a: 'type T { a: Int b: Int } interface N { c: Int } input I { d: Int }',
      b: 'type T { a: Int! @external b: Int! @override(from: "a") } interface N { c: Int! } input I { d: Int! }',
    },
    finds: [],
  },
  {
    rule: 'shared-field-types',
    name: 'compares while a field moves by percentage',
    files: { a: 'type T { b: Int }', b: 'type T { b: Int! @override(from: "a", label: "percent(5)") }' },
    finds: ['T.b'],
  },
  {
    rule: 'needless-shareable',
    name: 'looks at each definition by itself, and takes one field that is elsewhere for all',
    files: {
      a: 'type V @shareable { x: Int y: Int } extend type V @shareable { z: Int } type W { u: Int @shareable v: Int @shareable }',
      b: 'type V @shareable { x: Int } type W { u: Int @external }',
    },
    finds: ['V', 'W.v'],
  },
  {
    rule: 'needless-shareable',
    name: 'knows the directive by other names',
    files: {
      a: 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [{ name: "@shareable", as: "@both" }]) type V { x: Int @both }',
      b: 'type W { x: Int @federation__shareable y: Int @shared }',
      c: 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3/", as: "fed") type X { x: Int @fed__shareable }',
    },
    finds: ['V.x', 'W.x', 'X.x'],
  },
  {
    rule: 'needless-shareable',
    name: 'knows that @interfaceObject gives its fields to what implements the interface, and an interface does not',
    files: {
      a: `interface N @key(fields: "id") { id: ID! z: Int }
          type I implements N @key(fields: "id") { id: ID! x: Int @shareable y: Int @shareable z: Int @shareable }`,
      b: 'type N @key(fields: "id") @interfaceObject { id: ID! x: Int @shareable w: Int @shareable } extend type N { v: Int }',
      c: 'interface N { id: ID! z: Int } interface M { y: Int } type J implements M { y: Int @shareable }',
    },
    finds: ['I.y', 'I.z', 'N.w', 'J.y'],
  },
  {
    ...oneSubgraph(
      'needless-shareable',
      'has types that are exempt, with their fields',
      'type P @shareable { x: Int } type Q { x: Int @shareable } type R { x: Int @shareable }',
      ['R.x'],
    ),
    options: { exempt: ['P', 'Q'] },
  },
  {
    rule: 'unused-externals',
    name: 'finds fields in nested field sets, of @provides and on interfaces too',
    files: {
      a: `type T @key(fields: "id") { id: ID! @external a: A x: Int @requires(fields: "a { b { c } }") } type A @external { b: B z: Int } type B { c: Int @external d: Int @external }
          interface N { e: Int } type E implements N { e: Int @external } type P { f: Int @external g: Int @external }
          type Query { t: T n: N p: [P!]! @provides(fields: "f") }`,
    },
    finds: ['A.z', 'B.d', 'P.g'],
  },
  oneSubgraph(
    'unused-externals',
    'finds them in fragments, and in @fromContext',
    `union U = A | B type A { x: Int @external } type B { y: Int @external z: Int @external }
     type T @key(fields: "id") { id: ID! u: U v: Int @requires(fields: "u { ... on A { x } ... on B { y } }") }
     type O @context(name: "other") { w: Int @external } type C @context(name: "other") @context(name: "c") { w: Int @external } type D { e(f: Int @fromContext(field: "$c { w }")): Int }`,
    ['B.z', 'O.w'],
  ),
  {
    rule: 'override-sources',
    name: 'wants a subgraph that there is and that has the field, external or not',
    files: {
      a: 'type T { x: Int y: Int @external }',
      b: 'type T { x: Int @override(from: "a") y: Int @override(from: "a") z: Int @override(from: "a") w: Int @override(from: "c") }',
    },
    finds: ['T.z', 'T.w'],
  },
  {
    rule: 'override-sources',
    name: 'minds neither the label, nor where the type is extended',
    files: {
      a: 'type T { x: Int }',
      b: 'extend type T { x: Int @override(from: "a", label: "percent(5)") } extend type U { v: Int @override(from: "a") }',
    },
    finds: ['U.v'],
  },
  ...resolverCases(),
];

function resolverCases(): RuleCase[] {
  const resolvers = (name: string, code: string, finds: readonly string[], file = 'resolvers/t.ts'): RuleCase => ({
    ...{ rule: 'reference-resolvers', name, finds },
    files: { shop: OWNER, [`subgraphs/shop/src/${file}`]: code },
  });
  return [
    resolvers(
      'takes a resolver for each field of its own',
      'export const T = { name: ({ id }) => names.get(id) };',
      [],
    ),
    resolvers(
      'takes a method, in a map of all types',
      'const all = { Query: {}, T: { async __resolveReference({ id }) { return { id }; } } };',
      [],
    ),
    resolvers('takes a variable of the type', 'const x: TResolvers<Context> = { __resolveReference };', []),
    resolvers(
      'is not misled by comments, strings, templates and other types',
      `// const T = { __resolveReference }
       const s = "T: { __resolveReference }"; const t = \`\${{ T: { __resolveReference: 1 } }}\`;
       const r = /[{"]/; export const T: TResolvers = { other: { __resolveReference: 1 } };
       export const U = { __resolveReference: () => 1 };`,
      ['T'],
    ),
    resolvers('finds that there are no resolvers at all', 'export const Query = { t: () => null };', ['T'], 'main.ts'),
    resolvers('says nothing where keys are spread', 'const T = { ...entity(loader) };', []),
    resolvers(
      'says nothing where it is made in another way',
      "const x = entity('T', { __resolveReference: load });",
      [],
    ),
    {
      ...resolvers('takes the fields of all keys for known', 'export const T = {};', []),
      files: {
        shop: 'type T @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
        'subgraphs/shop/src/main.ts': 'export const T = {};',
      },
    },
    resolvers(
      'reads on after objects in objects',
      'const T = { other: { a: [1, b], c: f(1, d) }, name: () => null };',
      [],
    ),
    resolvers('takes no value for a key', 'const T = { other: name, b: f(name) };', ['T']),
    {
      ...resolvers('looks into all files', 'const U = {};', []),
      files: {
        shop: OWNER,
        'subgraphs/shop/src/resolvers/u.ts': 'const U = {};',
        'subgraphs/shop/src/resolvers/deep/t.js': "module.exports = entity('T', { __resolveReference: load });",
      },
    },
    {
      ...resolvers('reads neither tests, nor generated files, nor what is no code', '', ['T']),
      files: {
        shop: OWNER,
        'subgraphs/shop/src/t.ts': 'const T = {};',
        'subgraphs/shop/src/t.test.ts': 'const T = { __resolveReference: 1 };',
        'subgraphs/shop/src/t.generated.ts': 'const T = { __resolveReference: 1 };',
        'subgraphs/shop/src/t.d.ts': 'const T = { __resolveReference: 1 };',
        'subgraphs/shop/src/t.md': 'const T = { __resolveReference: 1 };',
      },
    },
    {
      rule: 'reference-resolvers',
      name: 'minds neither stubs, nor what is no more than its key, nor what is external',
      files: {
        shop: `type A @key(fields: "id", resolvable: false) { id: ID! x: Int } type B @key(fields: "id") { id: ID! }
               type C @key(fields: "id") { id: ID! x: Int @external }`,
        'subgraphs/shop/src/main.ts': 'export const resolvers = {};',
      },
      finds: [],
    },
  ];
}
