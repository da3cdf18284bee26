import { HINTS } from '@apollo/composition/dist/hints.js';
import { ERRORS } from '@apollo/federation-internals';
import { describe, expect, test } from 'vitest';
import { LINK } from './check/testing/federation-link.ts';
import { composeSupergraph } from './compose.ts';
import { COMPOSITION_HINTS } from './composition-hints.ts';
import { discoverSubgraphs } from './subgraphs.ts';
import { temporaryRepository } from './testing/temporary-repository.ts';

const NOT_WHEN_COMPOSING: Readonly<Record<string, string>> = {
  DOWNSTREAM_SERVICE_ERROR: 'a gateway says it of a request',
  INVALID_FEDERATION_SUPERGRAPH: 'of a supergraph that is read',
  INVALID_SUBGRAPH_NAME: 'discoverSubgraphs refuses the name before',
  UNSUPPORTED_FEATURE: 'the library has it, and does not use it',
  UNSUPPORTED_LINKED_FEATURE: 'of a supergraph that is read',
};

test('there is a hint for every error that composition knows, and for every warning, and for nothing else', () => {
  const errors = Object.values(ERRORS).map(({ code }) => code);
  const warnings = Object.values(HINTS).filter(({ level }) => level.name === 'WARN');
  expect(errors).toEqual(expect.arrayContaining(Object.keys(NOT_WHEN_COMPOSING)));
  const known = [...errors.filter((code) => !(code in NOT_WHEN_COMPOSING)), ...warnings.map(({ code }) => code)];
  expect(Object.keys(COMPOSITION_HINTS).sort()).toEqual(known.sort());
});

test.each(Object.entries(COMPOSITION_HINTS))('the hint for %s is a sentence', (_, hint) => {
  expect(hint).toMatch(/^[A-Z].*[.]$/);
});

const OK = 'type Query { ok: Int }';
const P = 'type P @key(fields: "id") { id: ID! ';

/** The place that the first finding names is marked with ^. */
interface Case {
  code: string;
  coordinate: string;
  sdl: Record<string, string>;
}

const errors: [what: string, Case][] = [
  ['a colon is missing', { code: 'INVALID_GRAPHQL', coordinate: '', sdl: { a: 'type Query {\n  a ^Int\n}' } }],
  ['a type is unknown', { code: 'INVALID_GRAPHQL', coordinate: 'Query.a', sdl: { a: 'type Query {\n  a: ^Foo\n}' } }],
  [
    'a type is defined twice',
    { code: 'INVALID_GRAPHQL', coordinate: 'A', sdl: { a: `${OK}\ntype ^A { x: Int }\ntype A { y: Int }` } },
  ],
  [
    "a directive of federation has another's definition",
    {
      ...{ code: 'DIRECTIVE_DEFINITION_INVALID', coordinate: '@shareable' },
      sdl: { a: `${OK}\ndirective @shareable(^x: Int!) on OBJECT` },
    },
  ],
  [
    'two types may be the query type',
    {
      ...{ code: 'ROOT_QUERY_USED', coordinate: 'Q' },
      sdl: { a: 'schema { query: Q }\n^type Q { x: Int }\ntype Query { y: Int }' },
    },
  ],
  [
    'a key names no field',
    { code: 'KEY_INVALID_FIELDS', coordinate: 'P', sdl: { a: `${OK}\ntype P\n  ^@key(fields: "no") { id: ID! }` } },
  ],
  [
    'a key is no string',
    { code: 'KEY_INVALID_FIELDS_TYPE', coordinate: 'P', sdl: { a: `${OK}\ntype P ^@key(fields: 3) { id: ID! }` } },
  ],
  [
    'a key has arguments',
    {
      code: 'KEY_FIELDS_HAS_ARGS',
      coordinate: 'P',
      sdl: { a: `${OK}\ntype P ^@key(fields: "id") { id(x: Int): ID! }` },
    },
  ],
  [
    '@requires names no field',
    {
      ...{ code: 'REQUIRES_INVALID_FIELDS', coordinate: 'P.s' },
      sdl: { a: `${OK}\n${P}\n  s: Int ^@requires(fields: "w")\n}` },
    },
  ],
  [
    '@requires names a field of the subgraph itself',
    {
      ...{ code: 'REQUIRES_FIELDS_MISSING_EXTERNAL', coordinate: 'P.s' },
      sdl: { a: `${OK}\n${P} w: Int\n  s: Int ^@requires(fields: "w")\n}` },
    },
  ],
  [
    '@provides names no field',
    {
      ...{ code: 'PROVIDES_INVALID_FIELDS', coordinate: 'Query.p' },
      sdl: { a: `type Query {\n  p: P ^@provides(fields: "no")\n}\n${P} }` },
    },
  ],
  [
    'an external field is for nothing',
    {
      ...{ code: 'EXTERNAL_UNUSED', coordinate: 'P.w' },
      sdl: { a: `${OK}\n${P}\n  ^w: Int @external\n}`, b: `${P} w: Int }` },
    },
  ],
  [
    'nobody has an external field',
    {
      ...{ code: 'EXTERNAL_MISSING_ON_BASE', coordinate: 'P.w' },
      sdl: { a: OK, b: `${P}\n  ^w: Int @external\n  s: Int @requires(fields: "w")\n}` },
    },
  ],
  [
    'an external field has another type',
    {
      ...{ code: 'EXTERNAL_TYPE_MISMATCH', coordinate: 'P.w' },
      sdl: { a: `${OK}\n${P}\n  ^w: String\n}`, b: `${P} w: Int @external s: Int @requires(fields: "w") }` },
    },
  ],
  [
    'nobody defines the type that is extended',
    { code: 'EXTENSION_WITH_NO_BASE', coordinate: 'P', sdl: { a: OK, b: '^extend type P { x: Int }' } },
  ],
  [
    'two resolve a field',
    {
      ...{ code: 'INVALID_FIELD_SHARING', coordinate: 'P.name' },
      sdl: { a: `${OK}\n${P}\n  ^name: String\n}`, b: `${P} name: String }` },
    },
  ],
  [
    'an interface says @shareable',
    {
      ...{ code: 'INVALID_SHAREABLE_USAGE', coordinate: 'N.x' },
      sdl: { a: `${OK}\ninterface N {\n  x: Int ^@shareable\n}` },
    },
  ],
  [
    'a type is of two kinds',
    {
      code: 'TYPE_KIND_MISMATCH',
      coordinate: 'T',
      sdl: { a: `${OK}\n^type T { x: Int }`, b: 'interface T { x: Int }' },
    },
  ],
  [
    'a field has two types',
    {
      ...{ code: 'FIELD_TYPE_MISMATCH', coordinate: 'T.n' },
      sdl: { a: `${OK}\ntype T @shareable {\n  ^n: String\n}`, b: 'type T @shareable { n: Int }' },
    },
  ],
  [
    'an argument has two types',
    {
      ...{ code: 'FIELD_ARGUMENT_TYPE_MISMATCH', coordinate: 'T.n' },
      sdl: { a: `${OK}\ntype T @shareable {\n  n(^x: Int): Int\n}`, b: 'type T @shareable { n(x: String): Int }' },
    },
  ],
  [
    'a required argument is missing',
    {
      ...{ code: 'REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH', coordinate: 'T.n' },
      sdl: { a: `${OK}\ntype T @shareable {\n  n(^x: Int!): Int\n}`, b: 'type T @shareable { n: Int }' },
    },
  ],
  [
    'a required input field is missing',
    {
      ...{ code: 'REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH', coordinate: 'I.x' },
      sdl: { a: `${OK}\ninput I {\n  ^x: Int!\n  y: Int\n}`, b: 'input I { y: Int }' },
    },
  ],
  [
    'an enum differs where it is given and got',
    {
      ...{ code: 'ENUM_VALUE_MISMATCH', coordinate: 'E' },
      sdl: { a: 'type Query { a(e: E): E }\n^enum E { A B }', b: 'type Query { b(e: E): E }\nenum E { A }' },
    },
  ],
  [
    'an implementation lacks a field',
    {
      ...{ code: 'INTERFACE_FIELD_NO_IMPLEM', coordinate: 'N.y' },
      sdl: {
        a: `type Query { n: N }\ninterface N { x: Int }\ntype A implements N { x: Int @shareable }`,
        b: 'interface N {\n  x: Int\n  ^y: Int\n}\ntype C implements N { x: Int y: Int }',
      },
    },
  ],
  [
    'a shared field gives different types',
    {
      ...{ code: 'SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES', coordinate: 'Query.n' },
      sdl: {
        a: 'type Query {\n  ^n: N @shareable\n}\ninterface N { x: Int }\ntype A implements N { x: Int }',
        b: 'type Query { n: N @shareable }\ninterface N { x: Int }\ntype C implements N { x: Int }',
      },
    },
  ],
  [
    'a type has no key by which to get at it',
    {
      ...{ code: 'SATISFIABILITY_ERROR', coordinate: 'T.y' },
      sdl: {
        a: 'type Query { t: T }\ntype T @shareable { x: Int }',
        b: 'type T @shareable {\n  x: Int\n  ^y: Int\n}',
        c: 'type Query { c: Int }',
      },
    },
  ],
  [
    'a key is one that nobody before has',
    {
      ...{ code: 'SATISFIABILITY_ERROR', coordinate: 'P.sku' },
      sdl: { a: `type Query { p: P }\n${P} }`, b: 'type P @key(fields: "sku") {\n  ^sku: ID!\n}' },
    },
  ],
  [
    'a field is defined where nobody gets, and external where somebody does',
    {
      ...{ code: 'SATISFIABILITY_ERROR', coordinate: 'P.w' },
      sdl: {
        a: `type Query { p: P }\n${P} w: Int @external s: Int @requires(fields: "w") }`,
        b: 'type P @key(fields: "sku") {\n  sku: ID!\n  ^w: Int\n}',
      },
    },
  ],
  [
    '@override names its own subgraph',
    {
      ...{ code: 'OVERRIDE_FROM_SELF_ERROR', coordinate: 'P.x' },
      sdl: { a: `${OK}\n${P}\n  x: Int ^@override(from: "a")\n}` },
    },
  ],
  [
    'two override each other',
    {
      ...{ code: 'OVERRIDE_SOURCE_HAS_OVERRIDE', coordinate: 'P.x' },
      sdl: { a: `${OK}\n${P}\n  x: Int ^@override(from: "b")\n}`, b: `${P} x: Int @override(from: "a") }` },
    },
  ],
  [
    'something seen refers to something hidden',
    {
      ...{ code: 'REFERENCED_INACCESSIBLE', coordinate: 'T' },
      sdl: { a: 'type Query { t: T }\n^type T @inaccessible { x: Int }' },
    },
  ],
  [
    'what a field requires is for those who signed in, and the field is not',
    {
      ...{ code: 'MISSING_TRANSITIVE_AUTH_REQUIREMENTS', coordinate: 'P.s' },
      sdl: {
        a: `${OK}\n${P} w: Int @authenticated }`,
        b: `${P} w: Int @external\n  ^s: Int @requires(fields: "w")\n}`,
      },
    },
  ],
  [
    'a warning: an input field gets lost',
    {
      ...{ code: 'INCONSISTENT_INPUT_OBJECT_FIELD', coordinate: 'I.y' },
      sdl: { a: `type Query { a(i: I): Int }\ninput I {\n  x: Int\n  ^y: Int\n}`, b: 'input I { x: Int }' },
    },
  ],
  [
    'a warning: @override names no subgraph',
    {
      ...{ code: 'FROM_SUBGRAPH_DOES_NOT_EXIST', coordinate: 'P.x' },
      sdl: { a: `${OK}\n${P}\n  x: Int ^@override(from: "nobody")\n}` },
    },
  ],
];

describe('it is told where it stands and what to do when', () => {
  test.each(errors)('%s', (_, { code, coordinate, sdl }) => {
    const [finding] = compose(sdl);
    expect(finding).toMatchObject({ code, hint: COMPOSITION_HINTS[code], ...markedIn(sdl) });
    expect(finding?.coordinate ?? '').toBe(coordinate);
  });

  test('no subgraph has a query, which has no place', () => {
    const [finding] = compose({ a: 'type T { x: Int }' });
    expect(finding).toMatchObject({ code: 'NO_QUERIES', hint: COMPOSITION_HINTS.NO_QUERIES });
    expect(finding).not.toHaveProperty('file');
  });

  test('a subgraph alone is known, which gets the file', () => {
    const sdl = { a: `extend schema @link(url: "https://example.com/x/v1.zz")\n${OK}` };
    expect(compose(sdl)).toMatchObject([{ code: 'INVALID_LINK_IDENTIFIER', file: 'subgraphs/a/schema.graphql' }]);
  });
});

test('what cannot be resolved is told by the way to it and by what each subgraph lacks', () => {
  const [finding] = compose({
    a: 'type Query { people(first: Int!): [T!] }\ntype T @shareable { x: Int friend: T }',
    b: 'type T @shareable { x: Int y: Int }',
  });
  expect(finding?.message).toBe(`T.y cannot be resolved on the way Query.people → T.y:
- from subgraph "a":
  - cannot find field "T.y".
  - cannot move to subgraph "b", which has field "T.y", because type "T" has no @key defined in subgraph "b".`);
});

test('a mutation that no subgraph can finish keeps the words of composition', () => {
  const [finding] = compose({
    a: `${OK}\ntype Mutation { m: T @shareable }\ntype T @shareable { x: Int y: Int }`,
    b: 'type Mutation { m: T @shareable }\ntype T @shareable { x: Int z: Int }',
  });
  expect(finding).toMatchObject({
    ...{ code: 'SATISFIABILITY_ERROR', coordinate: 'Mutation.m', line: 3 },
    message: expect.stringMatching(/^Supergraph API queries using the mutation field "Mutation\.m"/),
  });
});

/** Composed without the marks; each subgraph's `@link` is line 1. */
function compose(sdl: Record<string, string>) {
  using repository = temporaryRepository(sdl);
  for (const [name, text] of Object.entries(sdl))
    repository.write(`subgraphs/${name}/schema.graphql`, `${LINK}\n${text.replace('^', '')}`);
  return composeSupergraph(discoverSubgraphs(repository.root)).findings;
}

function markedIn(sdl: Record<string, string>) {
  const [name, text] = Object.entries(sdl).find(([, each]) => each.includes('^')) ?? ['', ''];
  const [before = '', after = ''] = text.split('^');
  const lines = before.split('\n');
  const start = lines.at(-1) ?? '';
  return {
    ...{ subgraph: name, file: `subgraphs/${name}/schema.graphql` },
    ...{ line: lines.length + 1, column: start.length + 1, source: `${start}${after.split('\n')[0]}` },
  };
}
