import { expect, test } from 'vitest';
import { PlanCache } from './plan-cache.ts';

/** Keys of one character and plans of 124 are estimated at 1000 bytes. */
const PLAN = 124;

test('what was used last is kept', () => {
  const cache = new PlanCache<number>(3000);
  for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index, PLAN);
  expect(cache.get('a')).toBe(0);
  cache.set('d', 3, PLAN);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([0, undefined, 2, 3]);
  expect(cache).toMatchObject({ size: 3, bytes: 3000 });
});

test('a large plan takes the place of several, and one that is too large of none', () => {
  const cache = new PlanCache<string>(3000);
  for (const key of ['a', 'b', 'c']) cache.set(key, key, PLAN);
  cache.set('L', 'large', 2 * PLAN + 1);
  expect(['a', 'b', 'c', 'L'].map((key) => cache.get(key))).toEqual([undefined, undefined, 'c', 'large']);
  cache.set('X', 'too large', 1000);
  expect(cache.get('X')).toBeUndefined();
  expect(cache.bytes).toBe(3000);
});

test('a plan that is set again counts once', () => {
  const cache = new PlanCache<number>(3000);
  for (let time = 0; time < 10; time++) cache.set('a', time, PLAN);
  expect(cache.get('a')).toBe(9);
  expect(cache).toMatchObject({ size: 1, bytes: 1000 });
});

test('the hottest are those that were asked for most often', () => {
  const cache = new PlanCache<number>();
  for (const key of ['a', 'b', 'c']) cache.set(key, key.codePointAt(0) ?? 0, PLAN);
  for (const key of ['b', 'c', 'b', 'a', 'b', 'c']) cache.get(key);
  expect(cache.hottest(2)).toEqual([
    ['b', 98],
    ['c', 99],
  ]);
});
