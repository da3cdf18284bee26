import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../finding.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

const USERS = 'type Query { me: User }\ntype User { name: String nameFull: String age: Int }';
const WITHOUT_NAME = USERS.replace('name: String ', '');
const TODAY = ['--today', '2026-11-28'];

let before: TemporaryRepository;
let after: TemporaryRepository;
beforeEach(() => {
  before = temporaryRepository({ users: USERS });
  after = temporaryRepository({ users: USERS });
});
afterEach(() => {
  before[Symbol.dispose]();
  after[Symbol.dispose]();
});

const check = (...args: string[]) => runGraph('check', '--root', after.root, ...TODAY, ...args);
const against = (...args: string[]) => check('--against', before.root, ...args);
const change = (sdl: string) => after.write('subgraphs/users/schema.graphql', sdl);
async function findings(...args: string[]): Promise<Finding[]> {
  return JSON.parse((await against('--format', 'json', ...args)).text).findings;
}
const codes = (found: readonly Finding[]) => found.map(({ severity, code }) => `${severity} ${code}`);

describe('graph check, against', () => {
  test('a folder: what breaks, where, and what to do instead', async () => {
    change(`type Query { me: User }\ntype User { nameFull: String age: Int }`);
    const { code, text } = await against();
    expect(code).toBe(1);
    expect(text).toContain(`breaking FIELD_REMOVED  subgraphs/users/schema.graphql:2:6  User.name
  The field User.name is removed.
  It was subgraphs/users/schema.graphql:3 │ type User { name: String nameFull: String age: Int }
  NO_USAGE_DATA: no trusted document uses it, and what gateways saw is not known.
    2 │ type User { nameFull: String age: Int }
      │      ^
  → Keep it, deprecated with a reason and @sunset, until nobody uses it. A waiver names change `);
    expect(text).toMatch(/1 breaking \(SemVer: major\); 0 trusted documents; 2 findings block\.$/);
  });

  test('a git ref, of a repository in a folder of another one', async () => {
    const git = (...args: string[]) => execFileSync('git', ['-C', after.root, ...args], { stdio: 'pipe' });
    git('init', '-q');
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'first');
    expect(await check('--against', 'HEAD')).toMatchObject({ code: 0, text: expect.stringContaining('no changes') });
    change(WITHOUT_NAME);
    const { code, text } = await check('--against', 'HEAD');
    expect(code).toBe(1);
    expect(text).toContain('breaking FIELD_REMOVED');
  });

  test('a supergraph in a file, or at an URL', async () => {
    await runGraph('compose', '--root', before.root);
    const file = join(before.root, 'schema/supergraph.graphql');
    const server = await serve(before.read('schema/supergraph.graphql'));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      for (const place of [file, url]) {
        expect(await check('--against', place)).toMatchObject({ code: 0 });
        change(WITHOUT_NAME);
        expect(await check('--against', place)).toMatchObject({
          code: 1,
          text: expect.stringContaining('breaking FIELD_REMOVED'),
        });
        change(USERS);
      }
      expect(await check('--against', `${url}/absent`)).toMatchObject({ code: 2, text: `${url}/absent answers 404.` });
    } finally {
      server.close();
    }
  });

  test('a place that cannot be read: exit 2, and why', async () => {
    before.write('broken.graphql', 'type Query {');
    const cases = [
      [['--against', 'no-such-ref'], /^no-such-ref is neither a file, a folder, an URL, nor a git ref of /],
      [['--against', '-option'], /--against/],
      [['--against', 'http://127.0.0.1:9'], /^http:\/\/127.0.0.1:9 cannot be read: /],
      [['--against', join(before.root, 'broken.graphql')], /is no supergraph: Syntax Error/],
      [['--against', join(before.root, 'subgraphs')], /There is no folder subgraphs\//],
      [[], /^--against is missing/],
      [['--agianst', 'x'], /did you mean --against\?/],
      [['--against', before.root, '--today', 'tomorrow'], /^--today takes a day/],
    ] as const;
    for (const [args, message] of cases) {
      const { code, text } = await runGraph('check', '--root', after.root, ...args);
      expect(text).toMatch(message);
      expect(code).toBe(2);
      expect(text).not.toMatch(/\n\s+at /);
    }
    before.write('subgraphs/users/schema.graphql', 'type Query { me: Nobody }');
    expect(await against()).toMatchObject({
      code: 2,
      text: expect.stringContaining('does not compose: INVALID_GRAPHQL'),
    });
  });

  test('a graph that no longer composes: its errors, and what changed in the subgraphs', async () => {
    change(`${USERS} extend type User { friend: Nobody }`);
    const found = await findings();
    expect(codes(found)).toContain('error INVALID_GRAPHQL');
    change('type Query {');
    expect(codes(await findings())).toEqual(['error INVALID_GRAPHQL', 'error SUBGRAPH_REMOVED']);
  });
});

describe('graph check, with trusted documents', () => {
  beforeEach(() => {
    for (const { write } of [before, after])
      write('schema/documents/shop/me.graphql', 'query Me {\n  me { nameFull }\n}');
  });

  test('names application, document and coordinate of what breaks', async () => {
    change(USERS.replace('nameFull: String', ''));
    const found = await findings();
    expect(found.find(({ code }) => code === 'FIELD_REMOVED')).toMatchObject({
      change: { verdict: 'REMOVAL_IN_USE', affected: [{ client: 'shop', documents: ['Me'] }] },
      message: expect.stringContaining('REMOVAL_IN_USE: used by shop (Me).'),
    });
    expect(found.find(({ code }) => code === 'DOCUMENT_BROKEN')).toMatchObject({
      ...{ severity: 'error', file: 'schema/documents/shop/me.graphql', line: 2, column: 8 },
      coordinate: 'User.nameFull',
      message: expect.stringMatching(/^Me of shop is no longer valid: .* It uses User\.nameFull\.$/),
    });
  });

  test.each([
    ['an argument that a document gives', 'query Q { f(x: 1) }', 'f(i: I): Int', ['shop']],
    ['an argument that a document leaves out', 'query Q { f(i: { y: 1 }) }', 'f(i: I): Int', []],
    ['an input field that a document gives', 'query Q { f(i: { x: 1 }) }', 'f(x: Int i: I): Int', ['shop']],
    ['an input field that a variable may hold', 'query Q($i: I) { f(i: $i) }', 'f(x: Int i: I): Int', ['shop']],
    ['an input field of a type that no document has', 'query Q { f(x: 1) }', 'f(x: Int i: I): Int', []],
  ])('%s: who uses what is removed', async (_what, document, field, clients) => {
    const sdl = (given: string, input: string) => `type Query { ${given} }\ninput I { y: Int ${input} }`;
    const withBoth = sdl('f(x: Int i: I): Int', 'x: Int');
    for (const { write } of [before, after]) {
      write('subgraphs/users/schema.graphql', withBoth);
      write('schema/documents/shop/q.graphql', document);
    }
    change(sdl(field, field.includes('x: Int') ? '' : 'x: Int'));
    const [removed] = (await findings()).filter(({ code }) => code.endsWith('_REMOVED'));
    expect(removed?.change?.affected.map(({ client }) => client)).toEqual(clients);
  });

  test('matches what is used exactly, and never by its beginning', async () => {
    change(WITHOUT_NAME);
    const [removed] = (await findings()).filter(({ code }) => code === 'FIELD_REMOVED');
    expect(removed?.change).toMatchObject({ verdict: 'NO_USAGE_DATA', affected: [] });
    for (const { write } of [before, after]) write('schema/documents/shop/me.graphql', 'query Me { me { name } }');
    change(USERS.replace('nameFull: String', ''));
    const [full] = (await findings()).filter(({ code }) => code === 'FIELD_REMOVED');
    expect(full?.change).toMatchObject({ verdict: 'NO_USAGE_DATA', affected: [] });
  });

  test('says of a new document that it is not valid', async () => {
    after.write('schema/documents/shop/you.graphql', 'query You { you }');
    expect(await findings()).toMatchObject([{ severity: 'error', code: 'DOCUMENT_NOT_VALID' }]);
  });
});

describe('graph check, with waivers', () => {
  const waive = (list: string) => after.write('schema/waivers.yaml', list);
  const fingerprint = async () => {
    const found = (await findings()).find(({ code }) => code === 'FIELD_REMOVED');
    return found?.change?.fingerprint ?? '';
  };
  beforeEach(() => {
    for (const { write } of [before, after]) write('schema/documents/shop/me.graphql', 'query Me { me { name } }');
    change(WITHOUT_NAME);
  });

  test('lets through what is waived for all who use it', async () => {
    const change = await fingerprint();
    waive(`- { client: shop, change: ${change}, owner: team-users, expires: 2026-12-31 }`);
    const { code, text } = await against();
    expect(text).toContain('WAIVED: used by shop (Me); waived by team-users until 2026-12-31.');
    expect(code).toBe(0);
    expect(codes(await findings())).toEqual(['warning FIELD_REMOVED', 'warning DOCUMENT_BROKEN']);
    for (const { write } of [before, after]) write('schema/documents/till/me.graphql', 'query Me { me { name } }');
    expect(codes(await findings())).toContain('error FIELD_REMOVED');
    waive(`- { client: '*', change: ${change}, owner: team-users, expires: 2026-12-31 }`);
    expect(codes(await findings())).not.toContain('error FIELD_REMOVED');
  });

  test('refuses one that has expired, and tells of one that is for nothing', async () => {
    waive(`- { client: shop, change: ${await fingerprint()}, owner: team-users, expires: 2026-11-27 }`);
    expect(codes(await findings())).toEqual(
      expect.arrayContaining(['error FIELD_REMOVED', 'error WAIVER_EXPIRED', 'error DOCUMENT_BROKEN']),
    );
    waive('- { client: shop, change: 0123456789ab, owner: team-users, expires: 2026-12-31 }');
    expect(codes(await findings())).toContain('info WAIVER_UNUSED');
  });

  test('keeps the fingerprint of a change that moves within the file', async () => {
    const known = await fingerprint();
    change(`# Of users.\n\n${WITHOUT_NAME}`);
    expect(await fingerprint()).toBe(known);
    expect(known).toMatch(/^[0-9a-f]{12}$/);
  });

  test.each([
    ['is not YAML', '- { client: ', /^schema\/waivers\.yaml is not YAML/],
    ['is no list', 'client: shop', /must be a list/],
    ['lacks something', '- { client: shop, change: a, owner: b }', /waiver 1: expires is missing/],
    ['says something unknown', '- { cleint: shop }', /unknown key cleint; did you mean client\?/],
    ['expires on no day', '- { client: a, change: b, owner: c, expires: 2026-02-31x }', /must be a day/],
  ])('exits 2 for a file that %s', async (_what, text, message) => {
    waive(text);
    expect(await against()).toMatchObject({ code: 2, text: expect.stringMatching(message) });
  });
});

describe('graph check, with a deprecation that the specification forbids', () => {
  const INVALID = `${USERS}
interface Named { name: String }
type Shop implements Named {
  name: String @deprecated(reason: "Old.")
}`;

  test('tells of it in a class of its own, which the summary counts', async () => {
    change(INVALID);
    const invalid = (await findings()).find(({ code }) => code === 'INVALID_DEPRECATION');
    expect(invalid).toMatchObject({
      ...{ severity: 'error', coordinate: 'Shop.name', line: 5 },
      change: { class: 'invalid', layers: ['subgraph'], subgraphs: ['users'], affected: [] },
    });
    const { code, text } = await against();
    expect(text).toContain('invalid INVALID_DEPRECATION  subgraphs/users/schema.graphql:5:');
    expect(text).toMatch(/: 1 invalid, 2 safe \(SemVer: minor\); 0 trusted documents; 1 finding blocks\.$/);
    expect(code).toBe(1);
  });

  test('tells of one that was there before, too', async () => {
    change(INVALID);
    before.write('subgraphs/users/schema.graphql', INVALID);
    expect((await findings()).map(({ change }) => change?.class)).toEqual(['invalid']);
    expect((await against()).text).toMatch(/: 1 invalid \(SemVer: none\); 0 trusted documents; 1 finding blocks\.$/);
  });
});

test('graph check finds an @eventStream of which no event would be heard, whatever schema/lint.yaml or a comment says', async () => {
  change(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
    directive @eventStream(types: [String!]!, entity: String!) on FIELD_DEFINITION
    type Query { me: User }
    type Subscription {
      # graph-lint-ignore event-streams: later
      changed: User @eventStream(types: ["users.user.changed.v1"], entity: "{ name: userName }")
    }
    type User @key(fields: "name") { name: String nameFull: String age: Int }`);
  after.write('schema/lint.yaml', 'rules: { event-streams: off }');
  const found = (await findings()).filter(({ code }) => code === 'EVENT_STREAMS');
  expect(found).toMatchObject([{ severity: 'error', coordinate: 'Subscription.changed', line: 6 }]);
  expect((await against()).code).toBe(1);
});

describe('graph check, formats', () => {
  test('leaves safe changes out of what a person reads, but for --verbose', async () => {
    change(`${USERS} extend type User { nick: String }`);
    expect(await against()).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^Against .*: 1 safe \(SemVer: minor\)/),
    });
    expect((await against('--verbose')).text).toContain('safe FIELD_ADDED');
    expect(codes(await findings())).toEqual(['info FIELD_ADDED']);
  });

  test('is the same in all formats', async () => {
    change(WITHOUT_NAME);
    for (const format of ['text', 'json', 'markdown', 'github', 'junit', 'sarif']) {
      const { code, text } = await against('--format', format);
      expect(code).toBe(1);
      expect(text).toContain('FIELD_REMOVED');
      expect(text).toContain('The field User.name is removed.');
    }
  });
});

async function serve(text: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/') response.writeHead(404);
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
