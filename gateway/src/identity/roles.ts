import { ROLES, type Role } from '@tributary/service-kit';

/** The roles in a token's claim that this graph knows; all others mean nothing here. */
export function rolesIn(claims: Readonly<Record<string, unknown>>, claim: string): Role[] {
  const named = claimOf(claims, claim);
  return Array.isArray(named) ? ROLES.filter((role) => named.includes(role)) : [];
}

/** The claim of that name, or one inside another: `realm_access.roles`. */
export const claimOf = (claims: Readonly<Record<string, unknown>>, claim: string): unknown =>
  Object.hasOwn(claims, claim) ? claims[claim] : claim.split('.').reduce(step, claims);

const step = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
