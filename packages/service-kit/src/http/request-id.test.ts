import { expect, test } from 'vitest';
import { newId } from './new-id.ts';
import { requestIdFrom } from './request-id.ts';

test.each([newId(), 'abc', 'Root=1-67891233-abcdef012345678912345678', 'a.b:c_d-e', 'x'.repeat(128)])(
  '%s is kept',
  (id) => expect(requestIdFrom(id)).toBe(id),
);

test.each(['', ' ', 'a b', 'x'.repeat(129), 'a\nb', 'a\n', '<script>', '{"a":1}', 'ä', ['a', 'b'], undefined])(
  '%j is not',
  (id) => expect(requestIdFrom(id)).toBeUndefined(),
);

test('ids are version 7 and sort by the time they were made', () => {
  const ids = Array.from({ length: 100 }, newId);
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(ids).size).toBe(100);
});
