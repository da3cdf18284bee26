import { expect, test } from 'vitest';
import { RouteTable } from './route-table.ts';
import { ADD, bound, FIND, GET, LIST } from './testing/books-graph.ts';

const NEWEST = 'query Newest @rest(path: "/books/newest", result: "books") { books { nodes { id } } }';
const table = new RouteTable([LIST, GET, ADD, FIND, NEWEST].map(bound));
const nameOf = (method: string, path: string) => {
  const found = table.find(method, path);
  return found !== undefined && 'bound' in found ? [found.bound.route.name, found.path] : found;
};

test('finds by method and path; what is written out goes before what a variable takes', () => {
  expect(nameOf('GET', '/books')).toEqual(['ListBooks', {}]);
  expect(nameOf('POST', '/books')).toEqual(['AddBook', {}]);
  expect(nameOf('GET', '/books/a%2Fb%20c')).toEqual(['GetBook', { id: 'a/b c' }]);
  expect(nameOf('GET', '/books/newest')).toEqual(['Newest', {}]);
});

test('says which methods there are, and nothing of a path that no route has', () => {
  expect(nameOf('DELETE', '/books')).toEqual({ allowed: ['GET', 'POST'] });
  expect(table.methodsAt('/books')).toEqual(['GET', 'POST']);
  expect(table.methodsAt('/books/1')).toEqual(['GET']);
  expect(table.methodsAt('/%')).toEqual([]);
  for (const path of ['/', '/book', '/books/', '/books/1/2', '//books', '/books/%', '/Books'])
    expect(nameOf('GET', path)).toBeUndefined();
});
