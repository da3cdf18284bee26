import { expect, test } from 'vitest';
import { newId } from '../http/new-id.ts';
import { accountOf } from './account-of.ts';
import { anonymous, type Identity } from './identity.ts';

const user = (userId: string): Identity => ({ kind: 'user', userId, roles: ['customer'] });

test('only a user whose id is one of ours has an account', () => {
  const userId = newId();
  expect(accountOf(user(userId))).toBe(userId);
  for (const identity of [user('auth0|42'), user(''), anonymous, { kind: 'service', service: 'orders' } as const]) {
    expect(() => accountOf(identity)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  }
});
