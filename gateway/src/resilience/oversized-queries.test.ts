import { expect, it } from 'vitest';
import { OversizedQueries } from './oversized-queries.ts';

const queries = () => new OversizedQueries({ share: 0.5, windowMs: 10_000, random: () => 0 });

it('refuses a query after two answers that were too large, and no other', () => {
  const oversized = queries();
  expect(oversized.tooLarge('all', false, 0)).toBe(true);
  expect(oversized.admit('all', 10)).toBe('free');
  expect(oversized.tooLarge('all', false, 20)).toBe(false);
  expect([oversized.isOpen('all'), oversized.admit('all', 30)]).toEqual([true, 'refused']);
  expect([oversized.isOpen('few'), oversized.admit('few', 30)]).toEqual([false, 'free']);
});

it('lets a query pass of which more than half of the answers are of a size that can be read', () => {
  const oversized = queries();
  oversized.tooLarge('page', false, 0);
  for (let nowMs = 1; nowMs < 100; nowMs++) {
    if (nowMs % 4 === 0) oversized.tooLarge('page', false, nowMs);
    else oversized.answered('page', false, nowMs);
  }
  expect(oversized.admit('page', 100)).toBe('free');
});

it('asks once after a second: it is forgotten when that is answered, and waits longer when it is too large again', () => {
  const oversized = queries();
  for (const nowMs of [0, 1]) oversized.tooLarge('all', false, nowMs);
  expect([oversized.admit('all', 990), oversized.admit('all', 1001)]).toEqual(['refused', 'probe']);
  // What was under way before has nothing to say.
  oversized.tooLarge('all', false, 1002);
  expect(oversized.admit('all', 1010)).toBe('refused');
  expect(oversized.tooLarge('all', true, 1020)).toBe(false);
  expect([oversized.admit('all', 2900), oversized.admit('all', 3020)]).toEqual(['refused', 'probe']);
  oversized.released('all', true, 3030);
  expect(oversized.admit('all', 3031)).toBe('probe');
  oversized.answered('all', true, 3040);
  expect(oversized.admit('all', 3041)).toBe('free');
  expect(oversized.tooLarge('all', false, 3050)).toBe(true);
});

it('forgets the oldest where there are too many', () => {
  const oversized = queries();
  for (let number = 0; number <= 100; number++) oversized.tooLarge(`query ${number}`, false, number);
  expect(oversized.tooLarge('query 100', false, 200)).toBe(false);
  expect(oversized.tooLarge('query 0', false, 201)).toBe(true);
});
