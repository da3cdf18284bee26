import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRestFolder } from './read-rest-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-rest-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const get = (name: string, path: string, more = '') => `query ${name} @rest(path: "${path}", result: "a"${more}) { a }`;

test('routes by their files, and settings with their defaults', () => {
  write('b.graphql', get('B', '/b'));
  write('a.graphql', get('A', '/a'));
  write('notes.md', '# Notes');
  write('openapi.yaml', 'formats: { ID: uuid }');
  const { routes, settings } = readRestFolder(folder);
  expect(routes.map(({ name }) => name)).toEqual(['A', 'B']);
  expect(settings).toEqual({ title: 'REST API', tags: {}, formats: { ID: 'uuid' }, ranges: {}, examples: {} });
});

test('one place, and one name, is one route of a version; another version may have another', () => {
  write('a.graphql', get('A', '/a/{id}', ', until: 1').replace('A @', 'A($id: ID!) @'));
  write('b.graphql', get('A', '/a/{key}', ', since: 2').replace('A @', 'A($key: ID!) @'));
  expect(readRestFolder(folder).routes).toHaveLength(2);
  write('b.graphql', get('B', '/a/{key}').replace('B @', 'B($key: ID!) @'));
  expect(() => readRestFolder(folder)).toThrow(
    'b.graphql: a.graphql is GET /a/{}, too, in the same version of the API.',
  );
  write('b.graphql', get('A', '/b'));
  expect(() => readRestFolder(folder)).toThrow('b.graphql: a.graphql is A, too, in the same version of the API.');
});

test.each([
  ['titel: Shop', '/openapi.yaml is wrong:\n  - titel: unknown key; did you mean title?'],
  ['formats: [uuid]', '/openapi.yaml is wrong:\n  - formats: '],
  ['a: [', '/openapi.yaml cannot be read: '],
])('%s is refused', (yaml, message) => {
  write('openapi.yaml', yaml);
  expect(() => readRestFolder(folder)).toThrow(`${folder}${message}`);
});

test('a folder that is not there, and a file that is no route', () => {
  expect(() => readRestFolder(join(folder, 'none'))).toThrow('cannot be read (ENOENT)');
  write('a.graphql', '{ a }');
  expect(() => readRestFolder(folder)).toThrow('a.graphql: a route is one operation with a name.');
});
