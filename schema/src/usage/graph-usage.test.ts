import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLogger,
  documentHash,
  FileUsageStore,
  hourOf,
  openPostgresUsage,
  type UsageStore,
} from '@tributary/service-kit';
import { LINES_SDL } from '@tributary/service-kit/sdl';
import { createPostgresDatabase } from '@tributary/service-kit/testing';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { FORMATS } from '../formats/formats.ts';
import { sha256Of } from '../sha256-of.ts';
import { SourceError } from '../subgraphs.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';
import { readUsage } from './read-usage.ts';

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => hourOf(new Date(Date.now() - days * DAY_MS));
const shownHour = (time: Date) => time.toISOString().slice(0, 16).replace('T', ' ');

const USERS = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@composeDirective"])
  ${LINES_SDL}
  enum Order { ASC DESC }
  input Filter { name: String, order: Order }
  type Query { me: User users(filter: Filter, first: Int): [User!] }
  type User @key(fields: "id") {
    id: ID!
    name: String @deprecated(reason: "Use displayName.")
    nameFull: String @deprecated(reason: "Use displayName.") @sunset(on: "2027-06-30", owner: "users")
    nick: String @deprecated(reason: "Use displayName.") @sunset(on: "2027-01-31", owner: "users")
    displayName: String
  }`;
const ME = 'query Me { me { displayName nick } }';

let repository: TemporaryRepository;
let folder: string;
let store: UsageStore;
beforeEach(() => {
  repository = temporaryRepository({ users: '' });
  repository.write('subgraphs/users/schema.graphql', USERS);
  repository.write('schema/documents/shop/me.graphql', ME);
  folder = join(repository.root, 'usage');
  mkdirSync(folder);
  store = new FileUsageStore(folder);
});
afterEach(() => repository[Symbol.dispose]());

interface Written {
  client?: string;
  version?: string;
  operation?: string;
  document?: string;
  days?: number;
}

const write = (counts: Record<string, number>, { days = 1, ...who }: Written = {}, to = store) =>
  to.write([
    {
      ...{
        hour: daysAgo(days),
        line: '',
        client: 'web',
        version: '1.0',
        operation: 'Users',
        document: 'f00d'.repeat(16),
      },
      ...who,
      coordinates: new Map(Object.entries(counts)),
    },
  ]);
const usage = (...args: string[]) => runGraph('usage', '--root', repository.root, '--store', folder, ...args);
const report = async (...args: string[]) => JSON.parse((await usage('--format', 'json', ...args)).text);

describe('graph usage COORDINATE', () => {
  it('says who uses it: clients with versions, documents, how often and when', async () => {
    await write({ 'User.nick': 3, Query: 3 }, { days: 3 });
    await write({ 'User.nick': 1 }, { days: 1 });
    await write({ 'User.nick': 7 }, { client: 'ios', version: '', operation: 'Me', document: documentHash(parse(ME)) });
    const { code, text } = await usage('User.nick');
    expect(code).toBe(0);
    const hour = (days: number) => shownHour(daysAgo(days));
    expect(text).toBe(
      [
        'CLIENT  VERSION  OPERATION  DOCUMENT      REQUESTS  FIRST SEEN        LAST SEEN',
        `ios     -        Me         shop/Me       7         ${hour(1)}  ${hour(1)}`,
        `web     1.0      Users      f00df00df00d  4         ${hour(3)}  ${hour(1)}`,
        '',
        'TRUSTED DOCUMENT',
        'schema/documents/shop/me.graphql',
        '',
        `User.nick: 11 requests of 2 clients since ${daysAgo(30).toISOString().slice(0, 10)}, 1 trusted document.`,
      ].join('\n'),
    );
  });

  it('does not take one name for the beginning of another', async () => {
    await write({ 'User.nameFull': 5 });
    expect(await report('User.name')).toMatchObject({ count: 0, clients: [] });
    expect(await report('User.nameFull')).toMatchObject({ count: 5, clients: [{ name: 'web' }] });
  });

  it('tells what clients used of what is gone, and of a name that never was the nearest', async () => {
    await write({ 'User.gone': 5 });
    expect((await usage('User.gone')).text).toContain(
      'User.gone (which the graph does not have): 5 requests of 1 client',
    );
    expect(await usage('User.nik')).toMatchObject({
      code: 2,
      text: expect.stringContaining('The graph has no User.nik; did you mean User.nick?'),
    });
  });

  it('looks as far back as it is told', async () => {
    await write({ 'User.nick': 1 }, { days: 40 });
    await write({ 'User.nick': 2 }, { days: 10 });
    await write({ 'User.nick': 4 }, { days: 1 });
    expect((await report('User.nick')).count).toBe(6);
    expect((await report('User.nick', '--since', '60d')).count).toBe(7);
    expect((await report('--since', '5d', 'User.nick')).count).toBe(4);
    repository.write('schema/check.yaml', 'usage: { store: usage, window: 20d }');
    const configured = await runGraph('usage', 'User.nick', '--root', repository.root, '--format', 'json');
    expect(JSON.parse(configured.text).count).toBe(6);
  });
});

describe('graph usage --unused', () => {
  it('names what nobody used and no trusted document uses', async () => {
    await write({ Query: 1, 'Query.users': 1, 'Query.users(filter:)': 1, User: 1, 'User.nameFull': 1, Filter: 1 });
    await write({ 'Filter.order': 1, Order: 1, 'Order.ASC': 1 });
    const { unused, summary, findings } = await report('--unused');
    expect(unused).toEqual([
      { coordinate: 'Filter.name', isDeprecated: false },
      { coordinate: 'Order.DESC', isDeprecated: false },
      { coordinate: 'Query.users(first:)', isDeprecated: false },
      { coordinate: 'User.id', isDeprecated: false },
      { coordinate: 'User.name', isDeprecated: true },
    ]);
    expect(findings).toEqual([]);
    expect(summary).toMatch(/^5 of 17 coordinates are not used since .*, nor by 1 trusted document\.$/);
    const { code, text } = await usage('--unused');
    expect(code).toBe(0);
    expect(text).toContain('User.name            yes         -');
  });

  it('counts no document that its application has retired', async () => {
    await write({ Query: 1 });
    const unused = async () =>
      (await report('--unused')).unused.map(({ coordinate }: { coordinate: string }) => coordinate);
    expect(await unused()).not.toContain('User.displayName');
    const retired = { app: 'shop', operation: 'Me', sha256: sha256Of(ME), retiredAt: '2026-01-31' };
    repository.write('schema/documents/retired.yaml', JSON.stringify({ retired: [retired] }));
    expect(await unused()).toContain('User.displayName');
  });
});

describe('graph usage --deprecated', () => {
  it('says who uses what is deprecated, the next sunset first, trusted documents too', async () => {
    await write({ 'User.name': 1, 'User.nameFull': 2, 'User.displayName': 3 });
    await write({ 'User.name': 5 }, { client: 'ios' });
    const { code, text } = await usage('--deprecated');
    expect(code).toBe(0);
    const hour = shownHour(daysAgo(1));
    expect(text.split('\n').slice(0, 5)).toEqual([
      'SUNSET      COORDINATE     CLIENT  VERSION  REQUESTS  LAST SEEN         OPERATIONS',
      '2027-01-31  User.nick      shop    -        0         -                 Me',
      `2027-06-30  User.nameFull  web     1.0      2         ${hour}  Users`,
      `-           User.name      ios     1.0      5         ${hour}  Users`,
      `-           User.name      web     1.0      1         ${hour}  Users`,
    ]);
    expect(text).toContain('3 of 3 deprecated coordinates are used since ');
  });

  it('tells a trusted document once when gateways have seen it', async () => {
    await write({ 'User.nick': 2 }, { client: 'shop', operation: 'Me', document: documentHash(parse(ME)) });
    expect((await report('--deprecated')).deprecated).toMatchObject([{ client: 'shop', count: 2, documents: ['Me'] }]);
  });
});

describe('graph usage', () => {
  it('says what is used most, and by whom', async () => {
    await write({ Query: 9, 'Query.users': 9, 'User.id': 4 });
    await write({ Query: 2, 'Query.users': 2 }, { client: 'ios', operation: 'Other', document: 'beef' });
    const answer = await report();
    expect(answer.coordinates).toMatchObject([
      { coordinate: 'Query.users', count: 11, clients: 2 },
      { coordinate: 'User.id', count: 4, clients: 1 },
    ]);
    expect(answer.clients).toMatchObject([
      { name: 'web', version: '1.0', count: 9, documents: 1 },
      { name: 'ios', version: '1.0', count: 2, documents: 1 },
    ]);
    expect((await usage()).text).toContain('COORDINATE   REQUESTS  CLIENTS  LAST SEEN');
  });

  it('answers in every format, with the rows as findings where there is nothing else', async () => {
    await write({ Query: 1, 'User.nick': 1 });
    for (const format of FORMATS) {
      for (const question of [[], ['--unused'], ['--deprecated'], ['User.nick']]) {
        const { code, text } = await usage('--format', format, ...question);
        expect([code, format, text.includes('User.')]).toEqual([0, format, true]);
      }
    }
  });
});

describe('without data', () => {
  it.each([['User.nick'], ['--unused'], ['--deprecated']])('there is no answer to %s', async (question) => {
    await write({ 'User.nick': 1 }, { days: 100 });
    const { code, text } = await usage(question);
    expect(code).toBe(1);
    expect(text).toMatch(/^error NO_USAGE_DATA\n/);
    expect((await report(question)).findings).toMatchObject([{ code: 'NO_USAGE_DATA', severity: 'error' }]);
    expect((await usage(question, '--since', '200d')).code).toBe(0);
  });

  it('there is nothing to show', async () => {
    expect(await usage()).toMatchObject({ code: 0, text: expect.stringMatching(/^0 clients since /) });
  });
});

describe('graph usage could not run with', () => {
  it.each([
    ['a folder that there is not', ['--store', '/nowhere'], 'The usage store: /nowhere cannot be read (ENOENT).'],
    [
      'a database that does not answer',
      ['--store', 'postgres://u:canary@127.0.0.1:1/x'],
      'cannot be read (ECONNREFUSED)',
    ],
    ['two questions', ['User.nick', '--unused'], 'takes one question'],
    ['two coordinates', ['User.nick', 'User.id'], 'takes one question'],
    ['a time that is none', ['--since', '30'], '--since takes a time such as 30d.'],
    ['a flag that is none', ['--depracated'], 'did you mean --deprecated?'],
  ])('%s', async (_, args, message) => {
    const { code, text } = await usage(...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).not.toMatch(/canary|\n\s+at /);
  });

  it('files that are none', async () => {
    writeFileSync(join(folder, '2026-10-18T12.0123456789ab.jsonl'), '{}\n');
    const { code, text } = await usage('--since', '9999d');
    expect([code, text]).toEqual([2, expect.stringContaining('jsonl:1 is no line of usage.')]);
  });

  it('no store', async () => {
    expect(await runGraph('usage', '--root', repository.root)).toMatchObject({
      code: 2,
      text: expect.stringContaining('Where is the usage?'),
    });
  });

  it('subgraphs that do not compose', async () => {
    repository.write('subgraphs/users/schema.graphql', 'type Query { a: Nobody }');
    expect(await usage()).toMatchObject({ code: 2, text: expect.stringContaining('INVALID_GRAPHQL') });
  });
});

describe('readUsage', () => {
  it('is what a check asks: by a store and a time', async () => {
    await write({ 'User.name': 5, 'User.nameFull': 7 });
    const config = { store: folder, windowMs: DAY_MS };
    const read = await readUsage(config, { since: daysAgo(2) });
    expect([read.hasData, read.of('User.name').count, read.of('User.na').count]).toEqual([true, 5, 0]);
    expect((await readUsage(config, { since: new Date() })).hasData).toBe(false);
    await expect(readUsage({ ...config, store: '/nowhere' }, { since: daysAgo(2) })).rejects.toThrow(SourceError);
  });
});

describe.skipIf(inject('postgresAdminUrl') === undefined)('graph usage of a PostgreSQL', () => {
  it('answers the same', async () => {
    const server = await createPostgresDatabase();
    await server.provision('usage');
    const url = server.urlOf('usage');
    const database = openPostgresUsage(url, createLogger({ service: 'test', level: 'silent' }));
    try {
      const ask = (...args: string[]) => runGraph('usage', '--root', repository.root, '--store', url, ...args);
      expect(await ask()).toEqual({
        ...{
          code: 2,
          text: 'The usage store: The database has no table usage.counts: no gateway has written usage there.',
        },
      });
      await write({ 'User.nick': 3 }, {}, database);
      await write({ 'User.nick': 4 }, {}, database);
      const answer = await ask('User.nick', '--format', 'json');
      expect(JSON.parse(answer.text)).toMatchObject({ count: 7, clients: [{ name: 'web', version: '1.0' }] });
    } finally {
      await database.close();
      await server.drop();
    }
  });
});
