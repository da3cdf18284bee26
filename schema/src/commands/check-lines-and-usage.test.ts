import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileUsageStore, hourOf } from '@tributary/service-kit';
import { LINES_SDL } from '@tributary/service-kit/sdl';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../finding.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

const LINKED = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@composeDirective"])\n${LINES_SDL}`;
const TODAY = '2026-11-28';
const DIGEST = `sha256:${'0'.repeat(64)}`;

let before: TemporaryRepository;
let after: TemporaryRepository;
beforeEach(() => {
  before = temporaryRepository({ users: '' });
  after = temporaryRepository({ users: '' });
});
afterEach(() => {
  before[Symbol.dispose]();
  after[Symbol.dispose]();
});

const user = (repository: TemporaryRepository, fields: string) =>
  repository.write(
    'subgraphs/users/schema.graphql',
    `${LINKED}\ntype Query { me: User }\ntype User { id: ID ${fields} }`,
  );
const lines = (repository: TemporaryRepository, ...list: string[]) =>
  repository.write(
    'schema/lines.yaml',
    `lines:\n${list.map((line) => `  - { ${line}, supergraph: '${DIGEST}' }\n`).join('')}`,
  );
const check = () =>
  runGraph('check', '--against', before.root, '--root', after.root, '--today', TODAY, '--format', 'json');
const findings = async (): Promise<Finding[]> => JSON.parse((await check()).text).findings;
const codes = async () => (await findings()).map(({ severity, code }) => `${severity} ${code}`);

describe('graph check, with version lines', () => {
  test('says which lines a change is in', async () => {
    for (const repository of [before, after]) {
      lines(repository, 'major: 1, version: 1.0.0, state: ga', 'major: 2, version: 2.0.0, state: preview');
    }
    user(before, 'name: String');
    user(after, 'name: String @until(major: 1)');
    const removed = (await findings()).find(({ code }) => code === 'FIELD_REMOVED');
    expect(removed).toMatchObject({
      coordinate: 'User.name',
      change: { class: 'breaking', layers: ['line'], lines: [2] },
    });
  });

  test.each([
    ['1.0.0', 'error VERSION_STEP_TOO_SMALL'],
    ['1.0.9', 'error VERSION_STEP_TOO_SMALL'],
    ['1.1.0', undefined],
    ['1.2.0', undefined],
  ])('asks of version %s after a field was added: %s', async (version, finding) => {
    lines(before, 'major: 1, version: 1.0.0, state: ga');
    lines(after, `major: 1, version: ${version}, state: ga`);
    user(before, '');
    user(after, 'name: String');
    const found = (await codes()).filter((code) => code.startsWith('error'));
    expect(found).toEqual(finding === undefined ? [] : [finding]);
  });

  test('asks for a patch where only a text changes, and for nothing where nothing does', async () => {
    lines(before, 'major: 1, version: 1.0.0, state: ga');
    lines(after, 'major: 1, version: 1.0.0, state: ga');
    user(before, 'name: String');
    user(after, 'name: String');
    expect(await codes()).toEqual([]);
    user(after, '"What they are called." name: String');
    expect(await codes()).toContain('error VERSION_STEP_TOO_SMALL');
    lines(after, 'major: 1, version: 1.0.1, state: ga');
    expect((await codes()).filter((code) => code.startsWith('error'))).toEqual([]);
  });

  test('judges what was promised of lines and sunsets', async () => {
    lines(before, 'major: 1, version: 1.0.0, state: ga');
    lines(after, 'major: 1, version: 1.0.0, state: retired, deprecatedAt: 2026-01-01, sunsetAt: 2026-02-01');
    user(before, 'name: String @deprecated(reason: "Old.") @sunset(on: "2027-06-30", owner: "users")');
    user(after, 'name: String @deprecated(reason: "Old.") @sunset(on: "2027-01-31", owner: "users")');
    expect(await codes()).toEqual(expect.arrayContaining(['error PREMATURE_REMOVAL', 'error SUNSET_MOVED_EARLIER']));
    const moved = (await findings()).find(({ code }) => code === 'SUNSET_MOVED_EARLIER');
    expect(moved).toMatchObject({ coordinate: 'User.name', file: 'subgraphs/users/schema.graphql' });
  });

  test.each([
    ['a later line has', '@until(major: 1)', '@since(major: 2)', []],
    ['no line has', '@until(major: 1)', undefined, ['error SUNSET_INVALID']],
    ['an earlier line alone has', '', '@until(major: 1)', ['error SUNSET_INVALID']],
  ])('takes a replacement that %s', async (_what, of, ofReplacement, expected) => {
    for (const repository of [before, after]) {
      lines(repository, 'major: 1, version: 1.0.0, state: ga', 'major: 2, version: 2.0.0, state: ga');
      const sunset = '@sunset(on: "2027-06-30", replacement: "User.fullName", owner: "users")';
      const old = `name: String ${of} @deprecated(reason: "Use fullName.") ${sunset}`;
      user(repository, `${old} ${ofReplacement === undefined ? '' : `fullName: String ${ofReplacement}`}`);
    }
    expect(await codes()).toEqual(expected);
  });

  test('refuses what the specification forbids of deprecations', async () => {
    user(before, 'name: String');
    user(after, 'name(short: Boolean! @deprecated(reason: "Old.")): String');
    expect(await codes()).toContain('error INVALID_DEPRECATION');
  });
});

describe('graph check, with what gateways saw', () => {
  const config = (text: string) => after.write('schema/check.yaml', text);
  async function saw(coordinates: Record<string, number>, at = '2026-11-20T10:00:00Z', line = ''): Promise<void> {
    const folder = join(after.root, 'usage');
    mkdirSync(folder, { recursive: true });
    const store = new FileUsageStore(folder);
    const who = { line, client: 'web', version: '1.4', operation: 'Me', document: 'f00d'.repeat(16) };
    await store.write([{ hour: hourOf(new Date(at)), ...who, coordinates: new Map(Object.entries(coordinates)) }]);
    await store.close();
  }
  const removed = async () => (await findings()).find(({ code }) => code === 'FIELD_REMOVED');
  beforeEach(() => {
    config('usage: { store: usage, window: 30d }');
    user(before, 'name: String nameFull: String');
    user(after, 'nameFull: String');
  });

  test('blocks what a client uses, and names it', async () => {
    await saw({ 'User.name': 12_345, User: 12_345 });
    expect(await removed()).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('REMOVAL_IN_USE: used by web 1.4 (Me), 12,345 times, last on 2026-11-20.'),
      change: { verdict: 'REMOVAL_IN_USE', affected: [{ client: 'web', version: '1.4', documents: ['Me'] }] },
    });
  });

  test('lets through what nobody used within the window', async () => {
    await saw({ 'User.nameFull': 5 });
    expect(await removed()).toMatchObject({ severity: 'warning', change: { verdict: 'UNUSED' } });
    expect((await check()).code).toBe(0);
    await saw({ 'User.name': 5 }, '2026-10-01T10:00:00Z');
    expect(await removed()).toMatchObject({ change: { verdict: 'UNUSED' } });
    config('usage: { store: usage, window: 90d }');
    expect(await removed()).toMatchObject({ change: { verdict: 'REMOVAL_IN_USE' } });
  });

  test('is blocked without usage, but where trusted documents are all there is', async () => {
    mkdirSync(join(after.root, 'usage'));
    expect(await codes()).toEqual(expect.arrayContaining(['error FIELD_REMOVED', 'error NO_USAGE_DATA']));
    config('trustedDocumentsOnly: true');
    expect(await codes()).toEqual(['warning FIELD_REMOVED']);
  });

  test('lets a waiver name the client', async () => {
    await saw({ 'User.name': 5 });
    const change = (await removed())?.change?.fingerprint;
    after.write('schema/waivers.yaml', `- { client: web, change: ${change}, owner: users, expires: 2026-12-31 }`);
    expect(await removed()).toMatchObject({ severity: 'warning', change: { verdict: 'WAIVED' } });
  });

  describe('of a version line that is retired', () => {
    const retired = async () => (await findings()).filter(({ code }) => code === 'LINE_RETIRED');
    beforeEach(() => {
      const over = 'deprecatedAt: 2026-01-01, sunsetAt: 2026-11-01';
      const later = [2, 3].map((major) => `major: ${major}, version: ${major}.0.0, state: ga`);
      lines(before, `major: 1, version: 1.0.0, state: deprecated, ${over}`, ...later);
      lines(after, `major: 1, version: 1.0.0, state: retired, ${over}`, ...later);
      user(after, 'name: String nameFull: String');
    });

    test('blocks while a client asks for it, and names it', async () => {
      await saw({ 'User.name': 5, User: 12 }, undefined, '1');
      await saw({ 'User.name': 5 }, undefined, '2');
      expect(await retired()).toMatchObject([
        {
          ...{ severity: 'error', file: 'schema/lines.yaml' },
          message: 'Line 1 is retired.\nREMOVAL_IN_USE: used by web 1.4 (Me), 12 times, last on 2026-11-20.',
          change: { class: 'breaking', lines: [1], verdict: 'REMOVAL_IN_USE', affected: [{ client: 'web' }] },
        },
      ]);
      const [{ change } = {}] = await retired();
      after.write(
        'schema/waivers.yaml',
        `- { client: web, change: ${change?.fingerprint}, owner: users, expires: 2026-12-31 }`,
      );
      expect(await codes()).toEqual(['warning LINE_RETIRED']);
    });

    test('lets through one that nobody asks for, and blocks where that is not known', async () => {
      await saw({ 'User.name': 5 }, undefined, '2');
      expect(await codes()).toEqual(['warning LINE_RETIRED']);
      await saw({ 'User.name': 5 });
      expect(await codes()).toEqual(['error LINE_RETIRED', 'error NO_USAGE_DATA']);
      lines(before, ...[1, 2, 3].map((major) => `major: ${major}, version: ${major}.0.0, state: retired`));
      expect(await retired()).toEqual([]);
    });
  });

  test.each([
    ['a store that is not there', 'usage: { store: nowhere }', /nowhere/],
    ['a server that does not answer', 'usage: { store: "postgres://a:secret@127.0.0.1:9/b" }', /usage store/],
    ['an unknown key', 'usgae: {}', /usgae: unknown key; did you mean usage\?/],
    ['no boolean', 'trustedDocumentsOnly: perhaps', /expected true or false/],
  ])('exits 2 for %s', async (_what, text, message) => {
    config(text);
    const result = await check();
    expect(result).toMatchObject({ code: 2, text: expect.stringMatching(message) });
    expect(result.text).not.toMatch(/secret|\n\s+at /);
  });
});
