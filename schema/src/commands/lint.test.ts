import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeSupergraph } from '../compose.ts';
import { FORMATS } from '../formats/formats.ts';
import { rules } from '../lint/rules.ts';
import { discoverSubgraphs, repositoryRoot } from '../subgraphs.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

const CLEAN = 'type Query {\n  "Who is signed in."\n  me: String\n}';
const USERS = 'subgraphs/users/schema.graphql';

let repository: TemporaryRepository;
beforeEach(() => {
  repository = temporaryRepository({ users: CLEAN });
});
afterEach(() => repository[Symbol.dispose]());

const lint = (...args: string[]) => runGraph('lint', '--root', repository.root, ...args);
const users = (sdl: string) => repository.write(USERS, sdl);

describe('graph lint', () => {
  it('finds nothing where all is well', async () => {
    expect(await lint()).toEqual({ code: 0, text: `1 subgraph, ${rules.length} rules: nothing found` });
  });

  it('shows what it finds with its place; warnings do not block, errors do', async () => {
    users('type Query {\n  "Who it is."\n  getMe: String\n}');
    expect(await lint()).toEqual({
      code: 0,
      text: `warning QUERY_NAMES  ${USERS}:3:3  Query.getMe
  The query getMe begins with get, which every query does.
    3 │   getMe: String
      │   ^
  → Call it me.

1 subgraph, ${rules.length} rules: 1 warning`,
    });
    users('type Query {\n  "Who it is."\n  get_me: String\n  getMe: Int\n}');
    expect(await lint()).toMatchObject({ code: 1, text: expect.stringMatching(/: 1 error, 2 warnings$/) });
  });

  it('finds files that do not parse, each at its place, and then nothing else', async () => {
    repository.write('subgraphs/orders/schema.graphql', 'type Query {\n  a Int\n}');
    repository.write('subgraphs/orders/config.yaml', 'server: { port: 5009 }');
    users('type query {');
    const { code, text } = await lint('--format', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(text).findings).toMatchObject([
      {
        code: 'INVALID_GRAPHQL',
        subgraph: 'orders',
        file: 'subgraphs/orders/schema.graphql',
        line: 2,
        column: 5,
        source: '  a Int',
      },
      { code: 'INVALID_GRAPHQL', subgraph: 'users', file: USERS, line: 1 },
    ]);
    expect(await lint('--fix')).toMatchObject({ code: 1, text: expect.stringContaining('0 mended') });
    expect(repository.read(USERS)).toBe('type query {');
  });

  it.each(FORMATS)('has its report as %s', async (format) => {
    users('type Query {\n  "Who it is."\n  get_me: String\n}');
    const { code, text } = await lint('--format', format);
    expect(code).toBe(1);
    expect(text).toContain('FIELD_NAMES');
  });

  it('asks the rules alone that --rule names, also those that are off', async () => {
    users('type Query {\n  getMe: String\n  a_b: Int\n}');
    repository.write('schema/lint.yaml', 'rules: { query-names: off }');
    const codes = async (...args: string[]) => {
      const { text } = await lint('--format', 'json', ...args);
      return JSON.parse(text).findings.map(({ code }: { code: string }) => code);
    };
    expect(await codes()).toEqual(['DESCRIPTIONS', 'DESCRIPTIONS', 'FIELD_NAMES']);
    expect(await codes('--rule', 'query-names')).toEqual(['QUERY_NAMES']);
    expect((await lint('--rule', 'query-names')).code).toBe(0);
    const both = ['QUERY_NAMES', 'FIELD_NAMES'];
    expect(await codes('--rule', 'query-names', 'field-names')).toEqual(both);
    expect(await codes('--rule', 'query-names', '--rule', 'field-names')).toEqual(both);
    expect(await codes('--rule=query-names', '--rule=field-names')).toEqual(both);
    expect((await lint('--rule', 'query-names', 'field-names')).text).toContain('1 subgraph, 2 rules: ');
  });

  it.each([
    ['a rule that is none', ['--rule', 'query-name'], 'There is no rule query-name; did you mean query-names?'],
    ['--rule alone', ['--rule'], '--rule takes the name of a rule.'],
    ['an unknown flag', ['--rul', 'query-names'], 'did you mean --rule?'],
    ['an unknown format', ['--format', 'xml'], '--format takes one of'],
    ['an argument', ['users'], 'users'],
    ['a root that is none', ['--root', '/nowhere'], 'There is no folder subgraphs/ in /nowhere.'],
  ])('could not run with %s', async (_, args, message) => {
    const { code, text } = await lint(...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).not.toMatch(/\n\s+at /);
  });

  it('could not run with a configuration that is wrong', async () => {
    repository.write('schema/lint.yaml', 'rules: { query-name: off }');
    expect(await lint()).toEqual({
      code: 2,
      text: 'schema/lint.yaml: rules.query-name: unknown key; did you mean query-names?',
    });
  });
});

describe('graph lint --fix', () => {
  // With an odd line end, spaces at line ends and no last line end: what is not mended stays.
  const before = `type Query { me: User price: Money }\r
type User @key(fields: "id") { id: ID! name: String @shareable \t

  nick: String @shareable @federation__override(from: "orders") # why
}
type Money
  @shareable
{ amountMinor: Int! @shareable, currency: String! }
type Kept
  # both have it
  @shareable
{ x: Int }
type Lone
  # nobody else has it
  @shareable @federation__tag(name: "a")
{ x: Int kept: Kept }`;
  const after = `type Query { me: User price: Money }\r
type User @key(fields: "id") { id: ID! name: String \t

  nick: String # why
}
type Money
{ amountMinor: Int!, currency: String! }
type Kept
  # both have it
  @shareable
{ x: Int }
type Lone
  # nobody else has it
  @federation__tag(name: "a")
{ x: Int kept: Kept }`;
  const orders = (key: string) => `type Query { orders: [Order] }
type Order { id: ID! customer: User kept: Kept } type Kept @shareable { x: Int }
type User ${key} { id: ID! }`;

  beforeEach(() => {
    repository[Symbol.dispose]();
    repository = temporaryRepository({ users: before, orders: orders('@key(fields: "id" )') });
  });

  const read = (name: string) => repository.read(`subgraphs/${name}/schema.graphql`).replace(/^.*\n/, '');

  function api() {
    const { apiSchema, findings } = composeSupergraph(discoverSubgraphs(repository.root));
    if (apiSchema === undefined) throw new Error(JSON.stringify(findings));
    return printSchema(lexicographicSortSchema(apiSchema));
  }

  it('mends what it can, keeps every other byte, and the API is the same', async () => {
    const apiBefore = api();
    expect((await lint('--fix')).text).toMatch(/2 subgraphs, \d+ rules, 7 mended: /);
    expect(read('users')).toBe(after);
    expect(read('orders')).toBe(orders('@key(fields: "id", resolvable: false )'));
    expect(api()).toBe(apiBefore);
  });

  it('finds nothing to mend the second time', async () => {
    await lint('--fix');
    expect((await lint('--fix')).text).toContain(' rules, 0 mended: ');
    expect(read('users')).toBe(after);
    const { text } = await lint('--format', 'json');
    expect(text).not.toMatch(/NEEDLESS_SHAREABLE|OVERRIDE_SOURCES|RESOLVABLE_STUBS/);
  });

  it('says false where true was said', async () => {
    repository.write('subgraphs/orders/schema.graphql', `\n${orders('@key(resolvable: true, fields: "id")')}`);
    await lint('--fix', '--rule', 'resolvable-stubs');
    expect(read('orders')).toBe(orders('@key(resolvable: false, fields: "id")'));
    expect(read('users')).toBe(before);
  });

  it('leaves what a comment switches off', async () => {
    const kept = '# graph-lint-ignore needless-shareable: reviews will have it\n  x: Int @shareable';
    const sdl = `type Query { a: A }\ntype A {\n  ${kept}\n  y: Int @shareable\n}`;
    users(sdl);
    await lint('--fix', '--rule', 'needless-shareable');
    expect(repository.read(USERS)).toBe(sdl.replace('y: Int @shareable', 'y: Int'));
  });

  it('changes nothing without the flag', async () => {
    await lint();
    expect(read('users')).toBe(before);
  });
});

describe('this repository', () => {
  it('has no errors, and neither has a subgraph that is made from the template', async () => {
    cpSync(join(repositoryRoot, 'schema/lint.yaml'), join(repository.root, 'schema/lint.yaml'));
    const copied = (from: string, to: string) => {
      for (const path of ['schema.graphql', 'config.yaml', 'src/resolvers'])
        cpSync(join(repositoryRoot, 'subgraphs', from, path), join(repository.root, 'subgraphs', to, path), {
          recursive: true,
        });
    };
    for (const { name } of discoverSubgraphs()) copied(name, name);
    const own = await lint('--format', 'json');
    copied('_template', 'reviews');
    repository.write('subgraphs/reviews/config.yaml', 'server: { port: 5099 }');
    const withTemplate = await lint('--format', 'json');
    expect(own.code).toBe(0);
    expect(JSON.parse(withTemplate.text).findings).toEqual(JSON.parse(own.text).findings);
    expect(JSON.parse(own.text).findings.map(({ code }: { code: string }) => code)).toEqual(['NULLABLE_FETCHES']);
  });
});
