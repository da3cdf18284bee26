import { expect, test } from 'vitest';
import { pathBelowLine } from './path-below-line.ts';

test.each([
  ['/v1/books', '/books'],
  ['/v1/books/a%2Fb%3F?x=/y?z', '/books/a%2Fb%3F'],
  ['/v1//books/#x', '//books/'],
  ['http://shop.example.com/v1/books?x', '/books'],
  ['/v1', ''],
  ['', ''],
])('%s: %s', (url, path) => {
  expect(pathBelowLine(url)).toBe(path);
});
