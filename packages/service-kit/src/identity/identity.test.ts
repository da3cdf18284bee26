import { describe, expect, test } from 'vitest';
import { anonymous, type Identity, isAdmin, maySee, requireAdmin, requireUser } from './identity.ts';

const owner: Identity = { kind: 'user', userId: 'a', roles: ['customer'] };
const other: Identity = { kind: 'user', userId: 'b', roles: ['customer'] };
const admin: Identity = { kind: 'user', userId: 'c', roles: ['customer', 'admin'] };
const service: Identity = { kind: 'service', service: 'notifications' };

describe('what belongs to a', () => {
  test.each([
    ['its owner', owner, true],
    ['another user', other, false],
    ['an administrator', admin, true],
    ['another service', service, true],
    ['nobody signed in', anonymous, false],
  ] as const)('is shown to %s: %s', (_, identity, shown) => expect(maySee(identity, 'a')).toBe(shown));
});

test('only a user is a user, only an administrator one', () => {
  expect(requireUser(owner)).toBe(owner);
  expect(requireAdmin(admin)).toBe(admin);
  for (const identity of [anonymous, service]) {
    expect(() => requireUser(identity)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(() => requireAdmin(identity)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect(isAdmin(identity)).toBe(false);
  }
  expect(() => requireAdmin(owner)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
});
