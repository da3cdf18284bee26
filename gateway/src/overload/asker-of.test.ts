import { anonymous } from '@tributary/service-kit';
import { expect, it } from 'vitest';
import { askerOf } from './asker-of.ts';

it('askerOf is one for a user, or for a place where nobody is signed in', () => {
  const user = { kind: 'user', userId: 'ada', roles: [] } as const;
  expect(askerOf(user, '203.0.113.1')).toBe(askerOf(user, undefined));
  expect(askerOf(anonymous, '2001:db8::1')).toBe(askerOf(anonymous, '2001:db8::2'));
  const others = [askerOf(user, undefined), askerOf(anonymous, '203.0.113.1'), askerOf(anonymous, undefined)];
  expect(new Set(others).size).toBe(3);
});
