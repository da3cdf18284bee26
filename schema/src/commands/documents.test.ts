// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of TypeScript in texts.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readLiveDocuments } from '../documents/live-documents.ts';
import { runGraph } from '../testing/run-graph.ts';
import { type TemporaryRepository, temporaryRepository } from '../testing/temporary-repository.ts';

let repository: TemporaryRepository;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-28T12:00:00Z') });
  repository = temporaryRepository({ users: 'type Query { me: User }\ntype User { id: ID! name: String }' });
  expect((await runGraph('compose', '--root', repository.root)).code).toBe(0);
});
afterEach(() => {
  vi.useRealTimers();
  repository[Symbol.dispose]();
});

const documents = (...args: string[]) => runGraph('documents', ...args, '--root', repository.root);
const path = (name: string) => join(repository.root, name);
const extract = (...args: string[]) => documents('extract', path('app'), '--app', 'shop', ...args);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const files = () =>
  existsSync(path('schema/documents/shop')) ? readdirSync(path('schema/documents/shop')).sort() : [];
const live = () => readLiveDocuments(repository.root).documents.map(({ name }) => name);
const retired = () => readLiveDocuments(repository.root).retired;

const ME = 'query Me {\n  me {\n    id\n  }\n}\n';

describe('graph documents extract', () => {
  beforeEach(() => {
    repository.write('app/me.ts', 'export const Me = gql`query Me { me { id } }`;');
    repository.write('app/page.tsx', 'const a = gql`query UserPage { me { ...Card } }`;');
    repository.write('app/card.graphql', 'fragment Card on User { name }');
  });

  test('writes a file for each operation, with its fragments, which the graph takes', async () => {
    expect(await extract()).toEqual({
      code: 0,
      text: `info DOCUMENT_ADDED  schema/documents/shop/me.graphql
  Me of shop is added.

info DOCUMENT_ADDED  schema/documents/shop/user-page.graphql
  UserPage of shop is added.

3 source files, 2 documents of shop: 2 added, 0 changed, 0 unchanged`,
    });
    expect(repository.read('schema/documents/shop/me.graphql')).toBe(ME);
    expect(repository.read('schema/documents/shop/user-page.graphql')).toContain(
      'fragment Card on User {\n  name\n}\n',
    );
    expect((await runGraph('compose', '--check', '--root', repository.root)).code).toBe(0);
  });

  test('says what changed; another layout is no change, and stays', async () => {
    await extract();
    repository.write('schema/documents/shop/me.graphql', '# Mine.\nquery Me { me { id } }');
    repository.write('app/card.graphql', 'fragment Card on User { id name }');
    const { code, text } = await extract();
    expect(code).toBe(0);
    expect(text).toContain('info DOCUMENT_CHANGED  schema/documents/shop/user-page.graphql');
    expect(text).toContain('3 source files, 2 documents of shop: 0 added, 1 changed, 1 unchanged');
    expect(repository.read('schema/documents/shop/me.graphql')).toBe('# Mine.\nquery Me { me { id } }');
    expect(repository.read('schema/documents/shop/user-page.graphql')).toContain('  id\n  name\n');
  });

  test('says what is in no source file any more, and leaves it', async () => {
    await extract();
    repository.write('app/me.ts', '');
    const { code, text } = await extract();
    expect(code).toBe(0);
    expect(text).toContain('info DOCUMENT_NOT_FOUND  schema/documents/shop/me.graphql');
    expect(text).toContain('graph documents retire shop Me');
    expect(files()).toEqual(['me.graphql', 'user-page.graphql']);
  });

  test('writes nothing when one interpolation is unknown, and says where', async () => {
    repository.write('app/page.tsx', 'const a = gql`query UserPage {\n  me { ${fields} }\n}`;');
    const { code, text } = await extract();
    expect(code).toBe(1);
    expect(text).toContain('error DOCUMENT_NOT_STATIC  app/page.tsx:2:10');
    expect(text).toContain('    2 │   me { ${fields} }\n      │          ^');
    expect(files()).toEqual([]);
  });

  test('writes nothing when two operations are one file', async () => {
    repository.write('app/page.tsx', 'gql`query URLs { me { id } }`; gql`query Urls { me { id } }`;');
    expect(await extract()).toMatchObject({
      code: 1,
      text: expect.stringContaining('Urls and URLs would both be urls.graphql.'),
    });
    expect(files()).toEqual([]);
  });

  test('takes a glob, or one file', async () => {
    expect((await documents('extract', `${path('app')}/**/me.*`, '--app', 'shop')).text).toContain(
      '1 source file, 1 document of shop',
    );
    expect((await documents('extract', path('app/me.ts'), '--app', 'web')).text).toContain(
      '1 source file, 1 document of web: 1 added',
    );
  });

  test('makes live again what is sent again', async () => {
    await extract();
    await documents('retire', 'shop', 'Me');
    expect(live()).toEqual(['UserPage']);
    await extract();
    expect([live(), retired()]).toEqual([['Me', 'UserPage'], []]);
  });
});

describe('graph documents register', () => {
  test('copies files that are valid by the API, as they are', async () => {
    const text = '# The user.\nquery Me {\n    me { id }\n}\n';
    repository.write('build/x.graphql', text);
    repository.write('build/y.graphql', 'query UserPage { me { name } }');
    const { code, text: said } = await documents('register', 'shop', path('build/x.graphql'), path('build/y.graphql'));
    expect(code).toBe(0);
    expect(said).toContain('2 documents of shop: 2 added, 0 changed, 0 unchanged');
    expect(repository.read('schema/documents/shop/me.graphql')).toBe(text);
    expect(live()).toEqual(['Me', 'UserPage']);
    expect((await documents('register', 'shop', path('build/x.graphql'))).text).toBe(
      '1 document of shop: 0 added, 0 changed, 1 unchanged',
    );
  });

  test.each([
    ['a field that is not there', 'query Me {\n  me { age }\n}', 'error DOCUMENT_NOT_VALID', ':2:8'],
    ['no name', '{ me { id } }', 'error INVALID_DOCUMENT', ':1:1'],
    ['two operations', 'query A { me { id } } query B { me { id } }', 'error INVALID_DOCUMENT', ':1:1'],
    ['a syntax error', 'query A {', 'error INVALID_DOCUMENT', ':1:10'],
  ])('refuses %s, and then copies none', async (_, text, error, place) => {
    repository.write('good.graphql', ME);
    repository.write('bad.graphql', text);
    const result = await documents('register', 'shop', path('good.graphql'), path('bad.graphql'));
    expect(result.code).toBe(1);
    expect(result.text).toContain(`${error}  ${path('bad.graphql')}${place}`);
    expect(files()).toEqual([]);
  });

  test('makes live again what was retired', async () => {
    repository.write('me.graphql', ME);
    await documents('register', 'shop', path('me.graphql'));
    await documents('retire', 'shop');
    expect(live()).toEqual([]);
    await documents('register', 'shop', path('me.graphql'));
    expect([live(), retired()]).toEqual([['Me'], []]);
  });
});

describe('graph documents retire', () => {
  beforeEach(() => {
    repository.write('schema/documents/shop/me.graphql', ME);
    repository.write('schema/documents/shop/me.variables.json', '{}');
    repository.write('schema/documents/shop/user-page.graphql', 'query UserPage { me { name } }');
    repository.write('schema/documents/admin/me.graphql', ME);
  });

  test('moves one to the list of retired documents', async () => {
    expect(await documents('retire', 'shop', 'Me', '--reason', 'Shop 3 has no page of the user.')).toEqual({
      code: 0,
      text: '1 document of shop retired: Me',
    });
    expect(files()).toEqual(['user-page.graphql']);
    expect(retired()).toEqual([
      {
        ...{ app: 'shop', operation: 'Me', sha256: sha256(ME), retiredAt: '2026-11-28' },
        reason: 'Shop 3 has no page of the user.',
      },
    ]);
    expect(repository.read('schema/documents/retired.yaml')).toMatch(
      /^# Trusted documents that no application sends any more\./,
    );
    // The same document of another application is live.
    expect(readLiveDocuments(repository.root).documents.map(({ app, name }) => `${app} ${name}`)).toEqual([
      'admin Me',
      'shop UserPage',
    ]);
  });

  test('moves all of an application, after another, and keeps comments', async () => {
    await documents('retire', 'shop', 'user-page');
    const file = 'schema/documents/retired.yaml';
    repository.write(file, repository.read(file).replace('  - app', '  # The first.\n  - app'));
    expect((await documents('retire', 'shop')).text).toBe('1 document of shop retired: Me');
    expect(files()).toEqual([]);
    expect(retired().map(({ operation }) => operation)).toEqual(['UserPage', 'Me']);
    expect(repository.read(file)).toContain('  # The first.\n  - app: shop\n    operation: UserPage');
  });

  test('and a file that comes back by another way does not count', async () => {
    await documents('retire', 'shop', 'Me');
    repository.write('schema/documents/shop/me.graphql', ME);
    expect(live()).toEqual(['Me', 'UserPage']);
    expect(readLiveDocuments(repository.root).documents.map(({ app }) => app)).toEqual(['admin', 'shop']);
    const { code, text } = await documents('list');
    expect(code).toBe(0);
    expect(text).toContain('warning DOCUMENT_RETIRED  schema/documents/shop/me.graphql');
    // Another text of the same name is another document.
    repository.write('schema/documents/shop/me.graphql', 'query Me { me { name } }');
    expect(live()).toEqual(['Me', 'Me', 'UserPage']);
  });

  test.each([
    ['an unknown key', 'retired: [{ app: shop, operaton: Me }]', 'Unknown key operaton; did you mean operation?'],
    [
      'a digest that is none',
      'retired: [{ app: shop, operation: Me, sha256: "12", retiredAt: 2026-11-28 }]',
      'sha256 is 64 hexadecimal digits.',
    ],
    ['no day', `retired: [{ app: shop, operation: Me, sha256: "${'0'.repeat(64)}" }]`, 'retiredAt is missing'],
    [
      'an empty reason',
      `retired: [{ app: shop, operation: Me, sha256: "${'0'.repeat(64)}", retiredAt: 2026-11-28, reason: "" }]`,
      'reason is a text.',
    ],
  ])('refuses a list with %s, and retires nothing', async (_, text, message) => {
    repository.write('schema/documents/retired.yaml', text);
    const result = await documents('retire', 'shop');
    expect(result.code).toBe(1);
    expect(result.text).toContain('error RETIRED_INVALID  schema/documents/retired.yaml:1:');
    expect(result.text).toContain(message);
    expect(files()).toEqual(['me.graphql', 'me.variables.json', 'user-page.graphql']);
  });
});

test('graph documents list shows live and retired ones', async () => {
  expect(await documents('list')).toEqual({ code: 0, text: '0 live documents, 0 retired' });
  repository.write('schema/documents/shop/me.graphql', ME);
  repository.write('schema/documents/shop/page.graphql', 'query Page { me { id } }');
  await documents('retire', 'shop', 'Page', '--reason', 'gone');
  expect((await documents('list')).text).toBe(`APPLICATION  OPERATION  KIND   SHA-256       RETIRED
shop         Me         query  ${sha256(ME).slice(0, 12)}  -
shop         Page       -      ${sha256('query Page { me { id } }').slice(0, 12)}  2026-11-28, gone

1 live document, 1 retired`);
  expect(JSON.parse((await documents('list', '--format', 'json')).text)).toMatchObject({
    documents: [
      { app: 'shop', operation: 'Me', kind: 'query', sha256: sha256(ME), file: 'schema/documents/shop/me.graphql' },
    ],
    retired: [{ app: 'shop', operation: 'Page', reason: 'gone' }],
  });
});

describe('graph documents could not run with', () => {
  test.each([
    ['no action', [], 'graph documents takes one of list, extract, register, retire.'],
    ['an unknown action', ['extrct'], 'graph documents has no extrct; did you mean extract?'],
    ['no folder', ['extract', '--app', 'shop'], 'takes one folder, or one glob in quotes.'],
    ['a glob that the shell took apart', ['extract', 'a.ts', 'b.ts', '--app', 'shop'], 'one glob in quotes.'],
    ['no application', ['extract', '.'], 'takes --app with the name'],
    ['an application that leaves the folder', ['extract', '.', '--app', '../x'], '../x is no name of an application'],
    [
      'a folder without sources',
      ['extract', '/nowhere', '--app', 'shop'],
      '/nowhere names no file of .graphql, .gql, .js',
    ],
    ['no files', ['register', 'shop'], 'takes an application and at least one file.'],
    ['a file that is missing', ['register', 'shop', '/nowhere.graphql'], '/nowhere.graphql is missing.'],
    ['an application without documents', ['retire', 'shop'], 'shop has no live documents.'],
    ['a flag of another action', ['list', '--app', 'shop'], 'graph documents list takes no --app.'],
    ['an operand too many', ['list', 'shop'], 'graph documents list takes nothing but flags.'],
  ])('%s', async (_, args, message) => {
    const { code, text } = await documents(...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).not.toMatch(/\n\s+at /);
  });

  test('an operation that is not there', async () => {
    repository.write('schema/documents/shop/me.graphql', ME);
    expect(await documents('retire', 'shop', 'Mee')).toMatchObject({
      code: 2,
      text: expect.stringContaining('There is no live document Mee; did you mean Me?'),
    });
    expect(files()).toEqual(['me.graphql']);
  });
});
