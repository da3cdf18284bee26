import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { requirementTable } from './requirement-table.ts';

const url = (name: string, version = 'v0.1') => `https://specs.apollo.dev/${name}/${version}`;

const AUTHENTICATED = 'directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM';
const SCOPES = 'directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE';

const table = (links: string, definitions: string) =>
  requirementTable(parse(`schema ${links} { query: Query } ${definitions}`));

const scopes = (...alternatives: string[][]) => ({ directive: 'requiresScopes', alternatives });
const authenticated = { directive: 'authenticated', alternatives: [[]] };

describe('The requirements of a supergraph', () => {
  it('are none without directives, whether or not there are links', () => {
    expect(table('', 'type Query { a: Int }')).toBeUndefined();
    expect(
      table(`@link(url: "${url('authenticated')}", for: SECURITY)`, `${AUTHENTICATED} type Query { a: Int }`),
    ).toBeUndefined();
  });

  it('are those of types of each kind and of fields, all of them', () => {
    const found = table(
      `@link(url: "${url('authenticated')}") @link(url: "${url('requiresScopes')}")`,
      `${AUTHENTICATED} ${SCOPES}
      type Query @authenticated { a: Int @authenticated @requiresScopes(scopes: [["x", "y"], ["z"]]) }
      scalar S @authenticated enum E @authenticated { A }`,
    );
    expect(found?.ofField('Query', 'a')).toEqual([authenticated, scopes(['x', 'y'], ['z'])]);
    expect(['Query', 'S', 'E'].map((name) => found?.ofType(name))).toEqual([
      [authenticated],
      [authenticated],
      [authenticated],
    ]);
    expect(found?.all.length).toBe(2);
  });

  it.each([
    [`@link(url: "${url('authenticated')}", as: "login", for: SECURITY)`],
    [`@link(url: "${url('authenticated')}", import: [{ name: "@authenticated", as: "@login" }])`],
    [`@lk(url: "${url('link', 'v1.0')}", as: "lk") @lk(url: "${url('authenticated')}/", as: "login")`],
    [`@core(feature: "${url('authenticated')}", as: "login")`],
  ])('are found under another name: %s', (links) => {
    const found = table(links, 'directive @login on FIELD_DEFINITION type Query { a: Int @login b: Int }');
    expect(found?.ofField('Query', 'a')).toEqual([authenticated]);
    expect(found?.ofField('Query', 'b')).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['another version', `@link(url: "${url('policy', 'v0.2')}")`, 'directive @policy on OBJECT'],
    ['no version', '@link(url: "https://specs.apollo.dev/authenticated")', AUTHENTICATED],
    ['a name that is not defined', `@link(url: "${url('authenticated')}", as: "login")`, AUTHENTICATED],
    ['a definition without a link', '', AUTHENTICATED],
    ['an import that cannot be read', `@link(url: "${url('authenticated')}", import: [{ as: "@a" }])`, AUTHENTICATED],
  ])('are refused with %s', (_what, links, definitions) => {
    expect(() => table(links, `${definitions} type Query { a: Int }`)).toThrow('It cannot be said who may see what');
  });

  it.each([
    '',
    '(scopes: [])',
    '(scopes: [[]])',
    '(scopes: ["a"])',
    '(scopes: [[""]])',
    '(scopes: [["a", 1]])',
    '(scopes: $s)',
    '(policies: [["a"]])',
  ])('are refused with @requiresScopes%s', (given) => {
    const read = () =>
      table(`@link(url: "${url('requiresScopes')}")`, `${SCOPES} type Query { a: Int @requiresScopes${given} }`);
    expect(read).toThrow(
      given === '(scopes: $s)' ? /Unexpected variable/ : '@requiresScopes of Query.a cannot be read',
    );
  });

  it('leave a directive alone that another feature has under the same name', () => {
    const links = '@link(url: "https://example.com/policy/v1.0")';
    expect(table(links, 'directive @policy(a: Int) on FIELD_DEFINITION type Query { a: Int @policy(a: 1) }')).toBe(
      undefined,
    );
  });

  it('of an interface are its own only as far as its objects do not have them', () => {
    const found = table(
      `@link(url: "${url('authenticated')}") @link(url: "${url('requiresScopes')}")`,
      `${AUTHENTICATED} ${SCOPES}
      interface Derived @authenticated @requiresScopes(scopes: [["a", "b"], ["b"]]) { id: ID }
      interface Own @authenticated @requiresScopes(scopes: [["c"]]) { id: ID }
      type A implements Derived & Own @authenticated @requiresScopes(scopes: [["a"], ["b"]]) { id: ID }
      type B implements Derived & Own @requiresScopes(scopes: [["b"]]) { id: ID }
      type Query { a: Int }`,
    );
    expect(found?.ofType('Derived')).toEqual([]);
    expect(found?.ofType('Own')).toEqual([authenticated, scopes(['c'])]);
  });

  it('of a field that an interface object gives are those that it has there', () => {
    const found = table(
      `@link(url: "${url('authenticated')}")`,
      `${AUTHENTICATED} directive @join__field(graph: String) repeatable on FIELD_DEFINITION
      interface I { given: ID @authenticated own: ID @authenticated }
      type A implements I { given: ID @join__field own: ID @join__field(graph: A) }
      type Query { a: Int }`,
    );
    expect(found?.ofField('A', 'given')).toEqual([authenticated]);
  });

  it('of an interface hold for its objects as far as none of these says it itself, as older composition writes them', () => {
    const found = table(
      `@link(url: "${url('authenticated')}")`,
      `${AUTHENTICATED}
      interface Account @authenticated { id: ID balance: Int @authenticated }
      type Bank implements Account { id: ID balance: Int }
      interface Post @authenticated { id: ID title: String @authenticated }
      type Blog implements Post { id: ID title: String }
      type Draft implements Post @authenticated { id: ID title: String @authenticated }
      type Query { a: Int }`,
    );
    expect(found?.ofType('Bank')).toEqual([authenticated]);
    expect(found?.ofField('Bank', 'balance')).toEqual([authenticated]);
    // What composition derives of one object leaves the others as they are.
    expect(found?.ofType('Blog')).toEqual([]);
    expect(found?.ofField('Blog', 'title')).toEqual([]);
  });
});
