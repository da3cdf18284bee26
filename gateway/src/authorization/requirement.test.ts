import { anonymous, type Identity } from '@tributary/service-kit';
import { describe, expect, it } from 'vitest';
import { authorizationConfig } from '../config/authorization-config.ts';
import { isMet, type Requirement } from './requirement.ts';

const user: Identity = { kind: 'user', userId: 'u', roles: ['customer'] };
const reader: Identity = { ...user, scopes: ['read', 'list'] };
const admin: Identity = { kind: 'user', userId: 'a', roles: ['admin', 'customer'] };
const service: Identity = { kind: 'service', service: 'orders' };
const ALL = { anonymous, user, reader, admin, service };

const { policies } = authorizationConfig.parse({
  policies: {
    admin: { roles: ['admin'] },
    anyRole: { roles: ['admin', 'customer'] },
    readers: { roles: ['customer'], scopes: ['read', 'list'] },
    known: { authenticated: true },
  },
});

const met = (directive: Requirement['directive'], ...alternatives: string[][]) =>
  Object.entries(ALL).flatMap(([name, identity]) =>
    isMet({ directive, alternatives }, identity, new Map(Object.entries(policies))) ? [name] : [],
  );

describe('A requirement is met', () => {
  it.each<[string, string[], string[]]>([
    ['@authenticated', met('authenticated', []), ['user', 'reader', 'admin', 'service']],
    ['a scope', met('requiresScopes', ['read']), ['reader']],
    ['all scopes of an alternative', met('requiresScopes', ['read', 'write']), []],
    ['one of several alternatives', met('requiresScopes', ['write'], ['read', 'list']), ['reader']],
    ['a role', met('policy', ['admin']), ['admin']],
    ['one of several roles', met('policy', ['anyRole']), ['user', 'reader', 'admin']],
    ['roles and scopes', met('policy', ['readers']), ['reader']],
    ['being known', met('policy', ['known']), ['user', 'reader', 'admin', 'service']],
    ['all policies of an alternative', met('policy', ['known', 'admin']), ['admin']],
    ['a policy that nobody has configured', met('policy', ['other']), []],
    ['one that is called as objects have members', met('policy', ['constructor']), []],
    ['one of several policies', met('policy', ['other'], ['readers']), ['reader']],
  ])('by %s', (_what, by, expected) => {
    expect(by).toEqual(expected);
  });

  it('by no policy that asks for nothing: it is refused', () => {
    expect(() => authorizationConfig.parse({ policies: { open: {} } })).toThrow(
      'expected roles, scopes or authenticated',
    );
    expect(() => authorizationConfig.parse({ policies: { root: { roles: ['root'] } } })).toThrow();
  });
});
