import { expect, test } from 'vitest';
import { isId } from './is-id.ts';
import { newId } from './new-id.ts';

test('ids of one process sort in the order in which they were made', () => {
  const ids = Array.from({ length: 10_000 }, newId);
  expect(ids.every(isId)).toBe(true);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
