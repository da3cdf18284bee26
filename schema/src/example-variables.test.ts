import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkExampleVariables } from './example-variables.ts';

const root = mkdtempSync(join(tmpdir(), 'tributary-variables-'));
const schema = buildSchema('type Query { book(id: ID!, pages: Int): String }');
const text = 'query Book($id: ID!, $pages: Int) { book(id: $id, pages: $pages) }';
const path = 'schema/documents/shop/book.graphql';
const document = { app: 'shop', name: 'Book', path, text, document: parse(text) };
const check = () => checkExampleVariables(root, schema, [document]);

beforeAll(() => mkdirSync(join(root, 'schema/documents/shop'), { recursive: true }));
afterAll(() => rmSync(root, { recursive: true }));

it('asks for no variables where there is no file', () => {
  expect(check()).toEqual([]);
});

it.each([
  ['{ "id": "1" }', []],
  ['{ "id": "1", "pages": "many" }', [expect.stringContaining('"$pages" got invalid value')]],
  ['{ "pages": 3 }', [expect.stringContaining('"$id" of required type "ID!" was not provided')]],
  ['{ "id": "1", "page": 3 }', ['The operation has no variable $page.']],
  ['{ "id": 1', ['This is not a JSON object.']],
  ['3', ['This is not a JSON object.']],
])('finds in %s what does not fit', (json, messages) => {
  writeFileSync(join(root, 'schema/documents/shop/book.variables.json'), json);
  expect(check().map(({ message }) => message)).toEqual(messages);
  for (const finding of check()) {
    expect(finding).toMatchObject({ code: 'INVALID_VARIABLES', file: 'schema/documents/shop/book.variables.json' });
  }
});
