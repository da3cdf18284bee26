import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['prot', 'port'],
  ['PORT', 'port'],
  ['body_limit', 'bodyLimit'],
  ['entirelyDifferent', undefined],
  ['', undefined],
])('%j means %j', (written, meant) => {
  expect(nearest(written, ['host', 'port', 'bodyLimit'])).toBe(meant);
});

test('among equally near ones it is the first; among none it is none', () => {
  expect(nearest('a1', ['a2', 'a3'])).toBe('a2');
  expect(nearest('a', [])).toBeUndefined();
});
