import { CodedError } from '../errors/coded-error.ts';

export const ROLES = ['customer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** On whose behalf a request is made, as the gateway (or another service) vouches for it. */
export type Identity =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly roles: readonly Role[];
      /** Of the access token. Only the gateway has them: what it tells a subgraph leaves them out. */
      readonly scopes?: readonly string[];
    }
  | { readonly kind: 'service'; readonly service: string };

export const anonymous: Identity = { kind: 'anonymous' };

/** @throws CodedError UNAUTHENTICATED unless a user is signed in. */
export function requireUser(identity: Identity): Identity & { kind: 'user' } {
  if (identity.kind !== 'user') throw new CodedError('UNAUTHENTICATED');
  return identity;
}

export const isAdmin = (identity: Identity) => identity.kind === 'user' && identity.roles.includes('admin');

/** @throws CodedError UNAUTHENTICATED without a user, FORBIDDEN for one who is no administrator. */
export function requireAdmin(identity: Identity): Identity & { kind: 'user' } {
  const user = requireUser(identity);
  if (!isAdmin(user)) throw new CodedError('FORBIDDEN');
  return user;
}

/** Whether what belongs to `ownerId` may be seen: by the owner, by an administrator, by another service. */
export const maySee = (identity: Identity, ownerId: string) =>
  identity.kind === 'service' || isAdmin(identity) || (identity.kind === 'user' && identity.userId === ownerId);
