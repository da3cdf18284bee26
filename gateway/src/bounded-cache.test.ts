import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

test('what was used last is kept', () => {
  const cache = new BoundedCache<number>(3000);
  for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index, 1000);
  expect(cache.get('a')).toBe(0);
  cache.set('d', 3, 1000);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([0, undefined, 2, 3]);
  expect(cache).toMatchObject({ size: 3, bytes: 3000 });
});

test('what is large takes the place of several, and what is too large of none', () => {
  const cache = new BoundedCache<string>(3000);
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1000);
  cache.set('L', 'large', 2000);
  expect(['a', 'b', 'c', 'L'].map((key) => cache.get(key))).toEqual([undefined, undefined, 'c', 'large']);
  cache.set('X', 'too large', 3001);
  expect(cache.get('X')).toBeUndefined();
  expect(cache.bytes).toBe(3000);
});

test('what is set again counts once', () => {
  const cache = new BoundedCache<number>(3000);
  for (let time = 0; time < 10; time++) cache.set('a', time, 1000);
  expect(cache.get('a')).toBe(9);
  expect(cache).toMatchObject({ size: 1, bytes: 1000 });
});

test('what grows takes the place of others, and stays as hot as it was', () => {
  const cache = new BoundedCache<string>(3000);
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1000);
  cache.get('c');
  cache.grow('c', 'c', 500);
  expect(cache).toMatchObject({ size: 2, bytes: 2500 });
  // Something else has its key by now.
  cache.grow('b', 'before', 500);
  cache.grow('a', 'a', 500);
  expect(cache.bytes).toBe(2500);
  expect(cache.hottest(1)).toEqual([['c', 'c']]);
});

test('the hottest are those that were asked for most often', () => {
  const cache = new BoundedCache<number>(3000);
  for (const key of ['a', 'b', 'c']) cache.set(key, key.codePointAt(0) ?? 0, 1000);
  for (const key of ['b', 'c', 'b', 'a', 'b', 'c']) cache.get(key);
  expect(cache.hottest(2)).toEqual([
    ['b', 98],
    ['c', 99],
  ]);
});

test('a number of entries is not exceeded either', () => {
  const cache = new BoundedCache<number>(3000, 2);
  for (const key of ['a', 'b', 'c']) cache.set(key, 0, 1);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, 0, 0]);
});
