import { expect, it } from 'vitest';
import { limitsOf } from './limit.ts';
import { rateLimitField, retryAfterSeconds } from './rate-limit-fields.ts';

const [limit, second] = limitsOf([
  { key: 'user', rate: 250, burst: 10 },
  { key: 'user', rate: 60_000, burst: 90 },
]);
if (limit === undefined || second === undefined) throw new Error('two limits');
const standing = (debtMs: number) => ({ charge: { limit, key: 'a', tokens: 1 }, debtMs });

it('a limit is named after its key, and its window is the time in which it fills', () => {
  expect([limit.policy, second.policy]).toEqual(['"user";q=10;w=3', '"user-2";q=90;w=5400']);
});

it.each([
  [0, '"user";r=10'],
  [250, '"user";r=9;t=1'],
  // Half a token is none.
  [125, '"user";r=9;t=1'],
  [2500, '"user";r=0;t=1'],
])('of a debt of %i ms, RateLimit tells %s', (debtMs, field) => {
  expect(rateLimitField(standing(debtMs))).toBe(field);
});

it('tells when the next token comes where that is not soon', () => {
  const charge = { limit: second, key: 'a', tokens: 1 };
  expect(rateLimitField({ charge, debtMs: 90 * 60_000 - 100 })).toBe('"user-2";r=0;t=60');
});

it.each([
  [2500, 1, 1],
  [2500, 10, 3],
  [2500, 6, 2],
  [1, 1, 1],
])('of a debt of %i ms and %i tokens, Retry-After is %i', (debtMs, tokens, seconds) => {
  expect(retryAfterSeconds(standing(debtMs), tokens)).toBe(seconds);
});
