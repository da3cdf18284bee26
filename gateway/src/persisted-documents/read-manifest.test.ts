import { describe, expect, it } from 'vitest';
import { readManifest } from './read-manifest.ts';

const apollo = (...operations: object[]) =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });

describe('readManifest', () => {
  it('reads Apollo’s form; a client that it names goes before the folder’s', async () => {
    const manifest = apollo(
      { id: 'a', name: 'A', type: 'query', body: 'query A { a }' },
      { id: 'b', name: 'B', type: 'query', body: 'query B { b }', clientName: 'phone' },
      { id: 'c', name: 'C', type: 'query', body: 'query C { c }', clientName: null },
    );
    expect(await readManifest(manifest, 'm', 'web')).toEqual([
      { id: 'a', text: 'query A { a }', app: 'web', names: ['A'] },
      { id: 'b', text: 'query B { b }', app: 'phone', names: ['B'] },
      { id: 'c', text: 'query C { c }', app: 'web', names: ['C'] },
    ]);
  });

  it('reads texts by their id, which may hold several operations or one without a name', async () => {
    const manifest = JSON.stringify({ h1: 'query A { a } mutation B { b }', h2: '{ c }' });
    expect(await readManifest(manifest, 'm', undefined)).toEqual([
      { id: 'h1', text: 'query A { a } mutation B { b }', app: undefined, names: ['A', 'B'] },
      { id: 'h2', text: '{ c }', app: undefined, names: [] },
    ]);
  });

  it.each([
    ['{', 'm is not JSON'],
    ['[]', 'm is neither an Apollo manifest'],
    ['{"a":1}', 'm is neither an Apollo manifest'],
    [JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 2, operations: [] }), 'm is neither'],
    [apollo({ id: 'a', body: '{' }), 'm: the document a is no document with an operation'],
    [apollo({ id: '', body: '{ a }' }), 'm is neither an Apollo manifest'],
    ['{"a":"fragment F on T { a }"}', 'm: the document a is no document with an operation'],
    ['{"a":"type Query { a: Int }"}', 'm: the document a is no document with an operation'],
  ])('refuses %s', async (json, message) => {
    await expect(readManifest(json, 'm', undefined)).rejects.toThrow(message);
  });
});
