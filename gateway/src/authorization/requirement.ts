import type { Identity } from '@tributary/service-kit';
import type { Policy } from '../config/authorization-config.ts';

export const SECURITY_DIRECTIVES = ['authenticated', 'requiresScopes', 'policy'] as const;
export type SecurityDirective = (typeof SECURITY_DIRECTIVES)[number];

/** What one directive asks of whoever wants to see a field or type. Equal ones of a supergraph are one object. */
export interface Requirement {
  readonly directive: SecurityDirective;
  /** All names of one of them: scopes or policies. For `@authenticated` one without any. */
  readonly alternatives: readonly (readonly string[])[];
}

/** By their names in the supergraph. */
export type Policies = ReadonlyMap<string, Policy>;

/** Whether somebody meets it. Nobody does who is not known: each of the three is about who that is. */
export function isMet({ directive, alternatives }: Requirement, identity: Identity, policies: Policies): boolean {
  if (identity.kind === 'anonymous') return false;
  if (directive === 'authenticated') return true;
  const scopes = identity.kind === 'user' ? (identity.scopes ?? []) : [];
  const has =
    directive === 'requiresScopes'
      ? (scope: string) => scopes.includes(scope)
      : (name: string) => holds(policies.get(name), identity, scopes);
  return alternatives.some((all) => all.every(has));
}

/** A policy that is not configured holds for nobody. */
function holds(policy: Policy | undefined, identity: Identity, granted: readonly string[]): boolean {
  if (policy === undefined) return false;
  const { roles, scopes = [] } = policy;
  const ownRoles = identity.kind === 'user' ? identity.roles : [];
  const hasRole = roles === undefined || roles.some((role) => ownRoles.includes(role));
  return hasRole && scopes.every((scope) => granted.includes(scope));
}
