import { expect, test } from 'vitest';
import { EMPTY_CONTEXT } from './plain-context.ts';

const [A, B, C] = [Symbol('a'), Symbol('b'), Symbol('c')] as const;
const values = (context: typeof EMPTY_CONTEXT) => [A, B, C].map((key) => context.getValue(key));

test('a context has what was set in those that it comes from, the last of each key, and they stay as they are', () => {
  const first = EMPTY_CONTEXT.setValue(A, 1).setValue(B, 2);
  const second = first.setValue(A, 3).setValue(C, undefined);
  expect(values(EMPTY_CONTEXT)).toEqual([undefined, undefined, undefined]);
  expect(values(first)).toEqual([1, 2, undefined]);
  expect(values(second)).toEqual([3, 2, undefined]);
  expect(values(second.deleteValue(B))).toEqual([3, undefined, undefined]);
  expect(values(second.deleteValue(A).deleteValue(B))).toEqual([undefined, undefined, undefined]);
  expect(second.deleteValue(Symbol('a'))).toBe(second);
});

test('a context that comes from very many others has each key once', () => {
  let context = EMPTY_CONTEXT;
  for (let time = 1; time <= 100_000; time++) context = context.setValue(A, time).setValue(B, -time);
  expect(values(context)).toEqual([100_000, -100_000, undefined]);
  // A chain of as many could not be walked by calls.
  expect(values(context.deleteValue(A))).toEqual([undefined, -100_000, undefined]);
});
