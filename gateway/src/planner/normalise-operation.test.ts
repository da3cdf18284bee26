import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { NormalField, NormalOperation } from './normal-operation.ts';
import { normalised } from './testing/normalised.ts';
import { petsSchema } from './testing/pets-schema.ts';

function normalise(source: string, schema = petsSchema): NormalOperation {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  return normalised(schema, document);
}

const textOf = (source: string) => normalise(source).text;

describe('the text of an operation', () => {
  test.each([
    // Names and order
    ['query Named { me: owner { n: name a: any { __typename } } }', 'query{owner{any{__typename} name}}'],
    ['{ owner { b: name a: name name } }', 'query{owner{name}}'],
    ['{ a: owner { name } b: owner { name } }', 'query{owner{name}}'],
    ['{ a: owner { name } b: owner { id name } }', 'query{owner{id name} owner_2:owner{name}}'],
    ['{ dog { id: name name: id __typename: size } }', 'query{dog{id name size}}'],
    ['{ walker { ... on Cat { legs } legs } }', 'query{walker{__typename legs}}'],
    // `name` is of several types, and `name_2` a field of the schema.
    [
      '{ any { ... on Dog { a: name } ... on Fish { b: name c: name_2 } } }',
      'query{any{__typename ...on Dog{name_3:name} ...on Fish{name name_2}}}',
    ],
    // Type conditions
    ['{ walker { ... on Pet { note } ... { legs } } }', 'query{walker{__typename legs note}}'],
    // The interface's field may be null: under one key, another object's may have to be the same.
    ['{ dog { ... on Walker { name } } }', 'query{dog{...on Pet{name}}}'],
    ['{ any { ... on Pet { name } } }', 'query{any{__typename ...on Pet{name}}}'],
    [
      '{ any { ... on Walker { ... on Dog { id } ... on Cat { id } } } }',
      'query{any{__typename ...on Cat{id} ...on Dog{id}}}',
    ],
    ['{ walker { ... on Dog { legs } ... on Cat { legs } } }', 'query{walker{__typename legs}}'],
    ['{ walker { ... on Node { id } } }', 'query{walker{__typename ...on Node{id}}}'],
    ['{ dog { friend { ... on Walker { ... on Pet { legs: name } } } } }', 'query{dog{friend{...on Pet{name}}}}'],
    // Conditions
    ['{ owner { id name @skip(if: true) any @include(if: false) { __typename } } }', 'query{owner{id}}'],
    ['{ owner { id @include(if: false) } }', 'query{owner{__typename}}'],
    ['query ($a: Boolean!) { owner { id @skip(if: $a) @include(if: $a) name } }', 'query{owner{name}}'],
    [
      'query ($b: Boolean!, $a: Boolean!) { owner { name id @include(if: $a) id @include(if: $b) } }',
      'query($a:Boolean!,$b:Boolean!){owner{id@include(if:$a) id@include(if:$b) name}}',
    ],
    ['query ($a: Boolean!) { owner { id @include(if: $a) id } }', 'query{owner{id}}'],
    ['query ($a: Boolean!) { owner { id @include(if: $a) id @skip(if: $a) } }', 'query{owner{id}}'],
    [
      'query ($a: Boolean!, $b: Boolean!) { owner { ... @skip(if: $a) { ... @skip(if: $b) { id } } } }',
      'query($a:Boolean!,$b:Boolean!){owner{__typename ...@skip(if:$b){id@skip(if:$a)}}}',
    ],
    // Answered without a subgraph
    ['query ($n: String!) { __typename __schema { types { name } } t: __type(name: $n) { name } }', ''],
    ['{ __typename owner { name } }', 'query{owner{name}}'],
    ['{ owner @skip(if: true) { name } }', ''],
    // Mutations: every key is a call, in the order written.
    [
      'mutation { b: log a: log make(name: "x") { name id } }',
      'mutation($v1:String!){log log_2:log make(name:$v1){id name}}',
    ],
    [
      'mutation ($a: Boolean!) { l: log @include(if: $a) any { __typename } l: log }',
      'mutation($a:Boolean!){log@include(if:$a) any{__typename} log@skip(if:$a)}',
    ],
  ])('%s', (source, text) => expect(textOf(source)).toBe(text));

  test('is one for documents with other names, order, fragments and literals', () => {
    const texts = [
      'query A($n: Int) { pet(id: "1") { ... on Dog { size(unit: CM) } name owner(first: $n) { id name } } }',
      `query B($n: Int) { p: pet(id: "2") { ...P } }
       fragment P on Pet { o: owner(first: $n) { name } name o: owner(first: $n) { id } ...D }
       fragment D on Dog { large: size(unit: INCH) }`,
    ].map(textOf);
    expect(new Set(texts)).toEqual(
      new Set([
        'query($n:Int,$v1:ID!,$v2:Unit){pet(id:$v1){__typename name owner(first:$n){id name} ...on Dog{size(unit:$v2)}}}',
      ]),
    );
  });
});

describe('literals', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['owner(id: 1) { name }', 'owner(id:$v1){name}', { v1: 1 }],
    ['owner { name }', 'owner{name}', {}],
    ['owner(id: null) { name }', 'owner(id:$v1){name}', { v1: null }],
    ['dog(tags: "a") { name }', 'dog(tags:$v1){name}', { v1: 'a' }],
    ['owner { by(matrix: [1, [2]]) }', 'owner{by(matrix:$v1)}', { v1: [1, [2]] }],
    ['dog { size(unit: INCH) }', 'dog{size(unit:$v1)}', { v1: 'INCH' }],
    ['dog { note(input: { unit: CM, strict: 1 }) }', 'dog{note(input:$v1)}', { v1: { unit: 'CM', strict: 1 } }],
    ['owner { echo(json: { a: [E] }, n: 1.50) }', 'owner{echo(json:$v1,n:$v2)}', { v1: { a: ['E'] }, v2: 1.5 }],
    ['owner { echo(n: 1e3, i: -5) }', 'owner{echo(i:$v1,n:$v2)}', { v1: -5, v2: 1000 }],
    // What JSON, or a double, would not say.
    ['owner { echo(n: -0.0) }', 'owner{echo(n:-0.0)}', {}],
    ['owner { echo(n: 1e400) }', 'owner{echo(n:1e400)}', {}],
    ['owner { echo(n: 12345678901234567890) }', 'owner{echo(n:$v1)}', { v1: 12345678901234567000 }],
    ['owner { echo(json: 12345678901234567890) }', 'owner{echo(json:12345678901234567890)}', {}],
    ['owner { echo(json: [1, 0.12345678901234567]) }', 'owner{echo(json:[1 0.12345678901234567])}', {}],
    ['dog { note(tag: "\\u0000") }', 'dog{note(tag:$v1)}', { v1: '\u0000' }],
  ])('%s', (body, text, literals) => {
    const normal = normalise(`{ ${body} }`);
    expect(normal.text.replace(/^query(\([^)]*\))?/, '')).toBe(`{${text}}`);
    expect({ ...normal.literals }).toEqual(literals);
  });

  test('around variables are lifted in parts', () => {
    const { text, literals } = normalise(`query ($n: Int, $t: Tag!) {
      owner { pets(filters: [{ n: $n, tags: [$t, "a"], inner: { name: "b", strict: 1 } }, { strict: 2 }]) { __typename } }
      dog(tags: [$t]) { note(input: { inner: { n: $n } }) }
    }`);
    expect(text).toBe(
      'query($n:Int,$t:Tag!,$v1:Filter,$v2:Tag!,$v3:Filter!){dog(tags:[$t]){note(input:{inner:{n:$n}})} owner{pets(filters:[{inner:$v1,n:$n,tags:[$t,$v2]},$v3]){__typename}}}',
    );
    expect({ ...literals }).toEqual({ v1: { name: 'b', strict: 1 }, v2: 'a', v3: { strict: 2 } });
  });

  test('of which one has to be given become variables that are not null', () => {
    const { text } = normalise('query ($n: Int) { owner { by(pick: { filter: { n: $n, name: "a" } }) } }');
    expect(text).toBe('query($n:Int,$v1:String){owner{by(pick:{filter:{n:$n,name:$v1}})}}');
  });

  test('inside a scalar of the graph’s own stay beside a variable', () => {
    const { text } = normalise('query ($a: ID) { owner { echo(json: { a: $a, b: "c" }) } }');
    expect(text).toBe('query($a:ID){owner{echo(json:{a:$a b:"c"})}}');
  });

  test('take no name of the client’s, used or not', () => {
    const source = 'query ($v1: ID!, $v2: String!) { pet(id: $v1) { note(tag: "x") } __type(name: $v2) { name } }';
    expect(normalise(source)).toMatchObject({
      text: 'query($v1:ID!,$v3:Tag){pet(id:$v1){__typename note(tag:$v3)}}',
      literals: { v3: 'x' },
    });
  });

  test('named and keyed __proto__ are values like others', () => {
    const { text, literals } = normalise(
      'query ($__proto__: ID = "p") { owner(id: $__proto__) { echo(json: { __proto__: 1 }) } }',
    );
    expect(text).toBe('query($__proto__:ID,$v1:Json){owner(id:$__proto__){echo(json:$v1)}}');
    expect(JSON.stringify(literals)).toBe('{"v1":{"__proto__":1},"__proto__":"p"}');
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('defaults of variables', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['query ($a: ID = "x") { owner(id: $a) { name } }', 'query($a:ID){owner(id:$a){name}}', { a: 'x' }],
    ['query ($a: ID = null) { owner(id: $a) { name } }', 'query($a:ID){owner(id:$a){name}}', { a: null }],
    ['query ($a: ID! = "x") { pet(id: $a) { __typename } }', 'query($a:ID!){pet(id:$a){__typename}}', { a: 'x' }],
    // Without it the variable could be null where that is not allowed.
    ['query ($a: ID = "x") { pet(id: $a) { __typename } }', 'query($a:ID="x"){pet(id:$a){__typename}}', { a: 'x' }],
    [
      'query ($a: Boolean = true) { owner { id @skip(if: $a) name } }',
      'query($a:Boolean=true){owner{id@skip(if:$a) name}}',
      { a: true },
    ],
    [
      'query ($a: Json = 12345678901234567890) { owner { echo(json: $a) } }',
      'query($a:Json=12345678901234567890){owner{echo(json:$a)}}',
      {},
    ],
    // A scalar of the graph’s own: the default may be wrong.
    [
      'query ($a: Tag = "x") { dog { note(input: { tags: [$a] }) } }',
      'query($a:Tag!){dog{note(input:{tags:[$a]})}}',
      { a: 'x' },
    ],
  ])('%s', (source, text, literals) => {
    const normal = normalise(source);
    expect(normal.text).toBe(text);
    expect({ ...normal.literals }).toEqual(literals);
  });
});

describe('the selection', () => {
  const fieldsOf = ({ selection }: NormalOperation | NormalField) =>
    selection?.fields.map(({ responseKey, planKey, onTypes, conditions, type }) => ({
      keys: `${responseKey} ${planKey} ${type}`,
      ...(onTypes && { on: [...onTypes].sort().join() }),
      ...(conditions && { conditions }),
    }));

  test('leads to the client’s keys, in the client’s order', () => {
    const normal = normalise('{ __typename z: owner { b: name a: id } dog { id } s: __schema { types { name } } }');
    expect(fieldsOf(normal)).toEqual([
      { keys: '__typename __typename String!' },
      { keys: 'z owner Owner!' },
      { keys: 'dog dog Dog' },
      { keys: 's __schema __Schema!' },
    ]);
    expect(fieldsOf(normal.selection.fields[1] as NormalField)).toEqual([
      { keys: 'b name String!' },
      { keys: 'a id ID!' },
    ]);
  });

  test('knows the type that each object has the field of', () => {
    const normal = normalise('{ walker { name ... on Dog { x: legs } ... on Cat { y: sound } } }');
    expect(fieldsOf(normal.selection.fields[0] as NormalField)).toEqual([
      { keys: 'name name String!', on: 'Dog' },
      { keys: 'name name String', on: 'Cat' },
      { keys: 'x legs Int!', on: 'Dog' },
      { keys: 'y sound Int', on: 'Cat' },
    ]);
  });

  test('selects a field when it is selected at one of its places', () => {
    const normal = normalise(`query ($a: Boolean!, $b: Boolean!) {
      owner @include(if: $a) { id } owner @skip(if: $b) { name }
    }`);
    const a = [{ variable: 'a', is: true }];
    const b = [{ variable: 'b', is: false }];
    expect(fieldsOf(normal)).toEqual([{ keys: 'owner owner Owner!', conditions: [b, a] }]);
    expect(fieldsOf(normal.selection.fields[0] as NormalField)).toEqual([
      { keys: 'id id ID!', conditions: [a] },
      { keys: 'name name String!', conditions: [b] },
    ]);
  });

  test('has all that introspection is asked for under one key', () => {
    const normal = normalise(`query ($a: Boolean!) {
      __schema { queryType { name } } ... @include(if: $a) { __schema { types { kind } } }
    }`);
    expect(normal.selection.fields).toMatchObject([{ name: '__schema', conditions: undefined, selection: undefined }]);
    expect(JSON.stringify(normal.selection.fields[0]?.node)).toMatch(/queryType.*include.*kind/);
  });
});

describe('limits', () => {
  const letters = Array.from({ length: 14 }, (_, index) => `F${index}`);

  test('a bomb of fragments is refused', () => {
    const fragments = letters.map((name, index) =>
      index === letters.length - 1
        ? `fragment ${name} on Owner { id }`
        : `fragment ${name} on Owner { ...F${index + 1} ...F${index + 1} }`,
    );
    expect(() => normalise(`{ owner { ...F0 } } ${fragments.join('\n')}`)).toThrow(
      expect.objectContaining({ name: 'PlanningError', failure: 'too-large' }),
    );
  });

  test('other fields for each of many types, level for level, are refused', () => {
    const names = Array.from({ length: 40 }, (_, index) => `T${index}`);
    const many = buildSchema(`
      type Query { one: One }
      interface One { one: One id: ID ${names.map((name) => `f${name}: Int`).join(' ')} }
      ${names.map((name) => `type ${name} implements One { one: One id: ID ${names.map((of) => `f${of}: Int`).join(' ')} }`).join('\n')}`);
    const level = (depth: number): string =>
      depth === 0
        ? 'id'
        : `one { ${level(depth - 1)} } ${names.map((name) => `... on ${name} { one { f${name} } }`).join(' ')}`;
    expect(() => normalise(`{ one { ${level(5)} } }`, many)).toThrow(
      expect.objectContaining({ name: 'PlanningError', failure: 'too-large' }),
    );
    // One level of it is not too much.
    expect(normalise(`{ one { ${level(1)} } }`, many).text).toContain('...on T7{one{fT7}}');
  });
});
