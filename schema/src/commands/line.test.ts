import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileUsageStore, hourOf } from '@tributary/service-kit';
import { LINES_SDL } from '@tributary/service-kit/sdl';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseLines } from '../lines/read-lines.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

// What the repository of tests imports from federation has not this one.
const DIRECTIVES = LINES_SDL.replaceAll('@composeDirective', '@federation__composeDirective');
const USERS = `type Query { me: User }
type User {
  id: ID!
  name: String @until(major: 1)
  displayName: String @since(major: 2)
}
${DIRECTIVES}`;

let repository: TemporaryRepository;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-28T12:00:00Z') });
  repository = temporaryRepository({ users: USERS });
  expect((await runGraph('compose', '--root', repository.root)).code).toBe(0);
});
afterEach(() => {
  vi.useRealTimers();
  repository[Symbol.dispose]();
});

const line = (...args: string[]) => runGraph('line', ...args, '--root', repository.root);
const lines = () => parseLines(repository.read('schema/lines.yaml')).lines;
const digest = () =>
  `sha256:${createHash('sha256').update(repository.read('schema/supergraph.graphql')).digest('hex')}`;

const fieldsOf = (sdl: string) => Object.keys((buildSchema(sdl).getType('User') as GraphQLObjectType).getFields());

/** Lines as they are after three majors: 1 deprecated until a day. */
async function threeLines(sunset: string): Promise<void> {
  for (const major of ['1', '2', '3'])
    for (const action of ['add', 'publish', 'ga']) expect((await line(action, major)).code).toBe(0);
  expect(await line('deprecate', '1', '--sunset', sunset)).toMatchObject({ code: 0 });
}

/** What gateways saw on the last day of the test's time: the shop 4 in version 2, and what is given. */
async function saw(...uses: { line: string; client: string; day?: string }[]): Promise<void> {
  const folder = join(repository.root, 'usage');
  mkdirSync(folder, { recursive: true });
  repository.write('schema/check.yaml', 'usage: { store: usage, window: 30d }');
  const store = new FileUsageStore(folder);
  for (const { line, client, day } of [{ line: '2', client: 'shop' }, ...uses]) {
    const who = { line, client, version: '4', operation: 'Me', document: 'f00d'.repeat(16) };
    const coordinates = new Map([
      ['Query.me', 7],
      ['User.id', 5],
    ]);
    await store.write([{ hour: hourOf(day === undefined ? new Date() : new Date(day)), ...who, coordinates }]);
  }
  await store.close();
}

describe('graph line notes', () => {
  test('says what clients change, with what replaces it', async () => {
    repository.write(
      'subgraphs/users/schema.graphql',
      repository
        .read('subgraphs/users/schema.graphql')
        .replace(
          '@until(major: 1)',
          '@until(major: 1) @deprecated(reason: "Use a | b.") @sunset(on: "2027-09-30", replacement: "User.displayName", owner: "users")\n  nick: String @until(major: 1)\n  age(in: Int @since(major: 2)): Int',
        ),
    );
    expect((await runGraph('compose', '--root', repository.root)).code).toBe(0);
    const { code, text } = await line('notes', '1', '2');
    expect(code).toBe(0);
    expect(text).toContain('| `User.name` | `User.displayName` | Use a \\| b. | 2027-09-30  |');
    expect(text).toMatch(/## Removed or changed\n\n.*\n\n- The field User\.nick is removed\.\n/);
    expect(text).toMatch(/## Different\n\n.*\n\n- The optional argument User\.age\(in:\) is added\.\n/);
    expect(text).toMatch(/## New\n\n- The field User\.displayName is added\.$/);
    expect((await line('notes', '2', '2')).text).toContain('Nothing changes for clients.');
    expect((await line('notes', '1')).code).toBe(2);
  });
});

describe('graph line cut', () => {
  test('prints the API of a line, and nothing else', async () => {
    const [one, two] = [await line('cut', '1'), await line('cut', '2')];
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(fieldsOf(one.text)).toEqual(['id', 'name']);
    expect(fieldsOf(two.text)).toEqual(['id', 'displayName']);
    expect(one.text).toMatch(/^# Line 1 of the API, cut from schema\/supergraph\.graphql by graph line cut\.\n/);
  });

  test('writes it to a file', async () => {
    const out = join(repository.root, 'build/one.graphql');
    expect(await line('cut', '1', '--out', out)).toEqual({
      code: 0,
      text: `Line 1, without 1 element: written to ${out}`,
    });
    expect(repository.read('build/one.graphql').trimEnd()).toBe((await line('cut', '1')).text);
  });

  test('says where a line is no schema, and writes nothing', async () => {
    repository.write(
      'subgraphs/users/schema.graphql',
      repository.read('subgraphs/users/schema.graphql').replace('type User {', 'type User @since(major: 2) {'),
    );
    await runGraph('compose', '--root', repository.root);
    const out = join(repository.root, 'one.graphql');
    const { code, text } = await line('cut', '1', '--out', out);
    expect(code).toBe(1);
    expect(text).toContain('error LINE_NOT_VALID  subgraphs/users/schema.graphql:3:6  User');
    expect(existsSync(out)).toBe(false);
    expect((await line('cut', '2')).code).toBe(0);
    const json = JSON.parse((await line('cut', '1', '--format', 'json')).text);
    expect(json).toMatchObject({ command: 'graph line cut', findings: [{ code: 'LINE_NOT_VALID' }] });
  });
});

describe('graph line', () => {
  test('takes a line from its first day to its last', async () => {
    expect(await line('add', '1')).toEqual({
      code: 0,
      text: 'Line 1 in schema/lines.yaml: major: 1, version: 1.0.0-preview, state: preview',
    });
    expect((await line('publish', '1')).text).toBe(`Line 1 in schema/lines.yaml: supergraph: none → ${digest()}`);
    expect((await line('publish', '1')).text).toBe('Line 1 in schema/lines.yaml: as it was');
    expect((await line('ga', '1')).text).toBe(
      'Line 1 in schema/lines.yaml: version: 1.0.0-preview → 1.0.0, state: preview → ga',
    );
    expect((await line('publish', '1', '--version', '1.1.0')).text).toContain('version: 1.0.0 → 1.1.0');
    for (const major of ['2', '3']) for (const action of ['add', 'publish', 'ga']) await line(action, major);
    expect((await line('deprecate', '1', '--sunset', '2027-06-30')).code).toBe(0);
    expect(lines()[0]).toEqual({
      ...{ major: 1, version: '1.1.0', state: 'deprecated', supergraph: digest() },
      ...{ deprecatedAt: '2026-11-28', sunsetAt: '2027-06-30' },
    });
    vi.setSystemTime(Date.parse('2027-06-30T00:30:00Z'));
    await saw();
    const { code, text } = await line('retire', '1');
    expect(code).toBe(0);
    expect(text).toContain('Line 1 is retired.\n  UNUSED: no gateway saw it asked for.');
    expect(text).toMatch(/Line 1 in schema\/lines\.yaml: state: deprecated → retired$/);
    expect(lines()[0]?.state).toBe('retired');
  });

  test('takes a deprecation back, and keeps comments', async () => {
    await threeLines('2027-06-30');
    repository.write(
      'schema/lines.yaml',
      repository.read('schema/lines.yaml').replace('  - major: 2', '  # The second.\n  - major: 2'),
    );
    expect((await line('ga', '1')).text).toContain('sunsetAt: 2027-06-30 → none');
    expect(lines()[0]).toEqual({ major: 1, version: '1.0.0', state: 'ga', supergraph: digest() });
    expect(repository.read('schema/lines.yaml')).toContain('  # The second.\n  - major: 2');
  });

  test('moves a sunset, and keeps the day of the deprecation', async () => {
    await threeLines('2028-06-30');
    vi.setSystemTime(Date.parse('2026-12-24T00:00:00Z'));
    expect((await line('deprecate', '1', '--sunset', '2028-05-31')).text).toContain('warning SUNSET_MOVED_EARLIER');
    expect(lines()[0]).toMatchObject({ deprecatedAt: '2026-11-28', sunsetAt: '2028-05-31' });
  });

  describe('retires no line that is used:', () => {
    beforeEach(async () => {
      await threeLines('2027-06-30');
      vi.setSystemTime(Date.parse('2027-07-01T00:30:00Z'));
    });
    const retire = async () => {
      const { code, text } = await line('retire', '1', '--format', 'json');
      return { code, findings: JSON.parse(text).findings, state: lines()[0]?.state };
    };
    const finding = (severity: string, verdict: string) => ({
      ...{ severity, code: 'LINE_RETIRED', file: 'schema/lines.yaml' },
      change: { lines: [1], verdict },
    });

    test('names who asks for it, and how often', async () => {
      await saw({ line: '1', client: 'till' }, { line: '1', client: 'web' }, { line: '1', client: 'web' });
      const { code, text } = await line('retire', '1');
      expect(code).toBe(1);
      expect(text).toContain(
        'REMOVAL_IN_USE: used by web 4 (Me), 14 times, last on 2027-07-01; till 4 (Me), 7 times, last on 2027-07-01.',
      );
      expect(text).toMatch(/Line 1 is left as it was\.$/);
      expect(lines()[0]?.state).toBe('deprecated');
    });

    test('but one that was used before the window', async () => {
      await saw({ line: '1', client: 'till', day: '2027-05-31T10:00:00Z' });
      expect(await retire()).toMatchObject({
        ...{ code: 0, findings: [finding('warning', 'UNUSED')], state: 'retired' },
      });
    });

    test('without knowing whether it is: no store, none with lines, none of the window', async () => {
      const unknown = {
        ...{ code: 1, state: 'deprecated' },
        findings: [finding('error', 'NO_USAGE_DATA'), { code: 'NO_USAGE_DATA', file: 'schema/check.yaml' }],
      };
      expect(await retire()).toMatchObject(unknown);
      repository.write('schema/check.yaml', 'trustedDocumentsOnly: true');
      expect(await retire()).toMatchObject(unknown);
      vi.setSystemTime(Date.parse('2027-09-01T00:30:00Z'));
      await saw({ line: '', client: 'till' });
      vi.setSystemTime(Date.parse('2027-10-15T00:30:00Z'));
      expect(await retire()).toMatchObject(unknown);
      await saw();
      expect(await retire()).toMatchObject({ code: 0, state: 'retired' });
    });

    test('but with a waiver for those who use it', async () => {
      await saw({ line: '1', client: 'till' }, { line: '1', client: 'web' });
      const [{ change }] = (await retire()).findings;
      const waive = (client: string, expires = '2027-07-01') =>
        repository.write(
          'schema/waivers.yaml',
          `- { client: ${client}, change: ${change.fingerprint}, owner: team-users, expires: ${expires} }`,
        );
      waive('till');
      expect(await retire()).toMatchObject({ code: 1, findings: [finding('error', 'REMOVAL_IN_USE')] });
      waive("'*'", '2027-06-30');
      expect(await retire()).toMatchObject({ code: 1, state: 'deprecated' });
      waive("'*'");
      expect((await line('retire', '1')).text).toContain('waived by team-users until 2027-07-01.');
      expect(lines()[0]?.state).toBe('retired');
    });

    test('and exits 2 when the store cannot be read', async () => {
      repository.write('schema/check.yaml', 'usage: { store: nowhere }');
      const { code, text } = await line('retire', '1');
      expect(code).toBe(2);
      expect(text).toMatch(/^The usage store: .*nowhere cannot be read \(ENOENT\)/);
      expect(lines()[0]?.state).toBe('deprecated');
      // What was promised is said without it.
      expect(await line('retire', '3')).toMatchObject({
        code: 1,
        text: expect.stringContaining('error PREMATURE_REMOVAL'),
      });
    });
  });

  describe('refuses, and changes nothing:', () => {
    test.each([
      ['ga before it was published', ['ga', '4'], 'LINES_INVALID'],
      ['a line that is there', ['add', '2'], 'LINES_INVALID'],
      ['a sunset that is too soon', ['deprecate', '2', '--sunset', '2027-05-26'], 'SUNSET_TOO_SOON'],
      ['a sunset that moves so far', ['deprecate', '1', '--sunset', '2027-05-26'], 'SUNSET_MOVED_EARLIER'],
      ['retiring before the sunset', ['retire', '1'], 'PREMATURE_REMOVAL'],
      ['retiring what was not deprecated', ['retire', '3'], 'PREMATURE_REMOVAL'],
      ['deprecating a preview', ['deprecate', '4', '--sunset', '2028-01-01'], 'LINE'],
      ['a version that goes back', ['publish', '2', '--version', '2.0.0-rc.1'], 'LINE_VERSION_LOWER'],
    ])('%s', async (_, args, error) => {
      await threeLines('2027-06-30');
      await line('add', '4');
      const before = repository.read('schema/lines.yaml');
      const { code, text } = await line(...args);
      expect(code).toBe(1);
      expect(text).toContain(`error ${error}`);
      expect(repository.read('schema/lines.yaml')).toBe(before);
    });

    test('publishing a supergraph that has no such line', async () => {
      await line('add', '1');
      repository.write(
        'subgraphs/users/schema.graphql',
        repository.read('subgraphs/users/schema.graphql').replace('type User {', 'type User @since(major: 2) {'),
      );
      await runGraph('compose', '--root', repository.root);
      expect(await line('publish', '1')).toMatchObject({
        code: 1,
        text: expect.stringContaining('error LINE_NOT_VALID'),
      });
      expect(lines()[0]?.supergraph).toBeUndefined();
    });

    test('a file that is not valid', async () => {
      repository.write('schema/lines.yaml', 'lines: 1');
      for (const args of [['add', '1'], ['list']])
        expect(await line(...args)).toMatchObject({
          code: 1,
          text: expect.stringContaining('error LINES_INVALID  schema/lines.yaml:1:8'),
        });
    });
  });

  test('lists', async () => {
    expect(await line('list')).toEqual({ code: 0, text: '0 version lines' });
    await threeLines('2027-06-30');
    const { code, text } = await line('list');
    expect(code).toBe(0);
    expect(text.split('\n').slice(0, 2)).toEqual([
      'LINE  VERSION  STATE       DEPRECATED  SUNSET      SUPERGRAPH',
      `1     1.0.0    deprecated  2026-11-28  2027-06-30  ${digest().slice(0, 19)}…`,
    ]);
    expect(text).toContain('3 version lines, 1 is deprecated (1.0.0), 2 is ga (2.0.0), 3 is ga (3.0.0)');
    expect(JSON.parse((await line('list', '--format', 'json')).text)).toMatchObject({
      lines: [{ major: 1, sunsetAt: '2027-06-30' }, {}, {}],
    });
    vi.setSystemTime(Date.parse('2027-07-01T00:00:00Z'));
    expect((await line('list')).text).toContain('warning OVERDUE_REMOVAL  schema/lines.yaml');
  });

  test.each([
    ['no action', [], 'graph line takes one of list, cut, notes, add, publish, ga, deprecate, retire.'],
    ['an unknown action', ['retir', '1'], 'graph line has no retir; did you mean retire?'],
    ['no major', ['cut'], 'graph line cut takes one major.'],
    ['two majors', ['cut', '1', '2'], 'graph line cut takes one major.'],
    ['a major that is none', ['cut', 'v1'], 'A major is a whole number from 1, which v1 is not.'],
    ['a line that is not there', ['ga', '7'], 'There is no line 7; graph line add 7 makes one.'],
    ['no sunset', ['deprecate', '1'], 'takes --sunset with a day, YYYY-MM-DD.'],
    ['a sunset that is no day', ['deprecate', '1', '--sunset', '2027-02-30'], 'takes --sunset with a day'],
    ['a flag of another action', ['ga', '1', '--sunset', '2027-12-31'], 'graph line ga takes no --sunset.'],
    ['a version of another major', ['publish', '1', '--version', '2.0.0'], '--version takes a version of major 1'],
    ['an unknown flag', ['list', '--fromat', 'json'], 'did you mean --format?'],
  ])('could not run with %s', async (_, args, message) => {
    const { code, text } = await line(...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).not.toMatch(/\n\s+at /);
  });

  test('could not run without a supergraph', async () => {
    using other = temporaryRepository({ users: 'type Query { a: Int }' });
    expect(await runGraph('line', 'cut', '1', '--root', other.root)).toMatchObject({
      code: 2,
      text: expect.stringContaining('schema/supergraph.graphql is missing; graph compose writes it.'),
    });
  });
});
