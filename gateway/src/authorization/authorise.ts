import type { Identity, Logger, Metrics } from '@tributary/service-kit';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { AuthorizationOptions } from './authorization-options.ts';
import type { Authorizer } from './authorizer.ts';
import type { Denial, DeniedField } from './denial.ts';
import { SECURITY_DIRECTIVES } from './requirement.ts';
import { UnauthorizedField } from './unauthorized-field.ts';

/** Fields that a line names, and errors of a request that is refused. More say nothing more. */
const MAX_TOLD = 20;

export interface AuthorisedRequest {
  /** Valid by the view's schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly identity: Identity;
  readonly requestId: string;
}

export interface Authorised {
  /** What is to be left out of the operation; undefined: nothing. */
  readonly denial: Denial | undefined;
  /** What it selects of that. */
  readonly denied: readonly DeniedField[];
  /** What the whole request is to be refused with; none where it is answered without that. */
  readonly refusals: readonly UnauthorizedField[];
}

/** @param view whose schema the operation is of; without an authorizer everybody may see everything */
export type Authorise = (
  view: { readonly authorizer: Authorizer | undefined },
  request: AuthorisedRequest,
) => Authorised;

export interface AuthoriseParts extends Pick<AuthorizationOptions, 'onDenied'> {
  log: Logger;
  metrics: Metrics;
}

const ALL: Authorised = { denial: undefined, denied: [], refusals: [] };

/** Says what a caller may not see of an operation, counts it and logs why; the client learns where, not why. */
export function authorise({ onDenied, log, metrics }: AuthoriseParts): Authorise {
  const counters = SECURITY_DIRECTIVES.map(
    (directive) => [directive, metrics.counter('graphql_authorization_denied_total', { directive })] as const,
  );
  const count = new Map(counters);
  return (view, { document, operation, variables, identity, requestId }) => {
    const denial = view.authorizer?.denialOf(document, operation, identity);
    if (denial === undefined) return ALL;
    const denied = denial.selected(variables);
    if (denied.length === 0) return { ...ALL, denial };
    for (const { directive } of denied) count.get(directive)?.inc();
    log.debug({ request_id: requestId, denied: reasonsOf(denied) }, 'fields were denied');
    return { denial, denied, refusals: onDenied === 'refuse' ? refusalsOf(denied) : [] };
  };
}

/** Of a new supergraph: policies that nobody can meet, as the configuration does not say what they are. */
export function warnOfUnknown(authorizer: Authorizer | undefined, log: Logger): void {
  const policies = authorizer?.unknownPolicies ?? [];
  if (policies.length > 0) {
    log.warn(
      { policies },
      'the supergraph names policies that are not configured: what asks for them is denied to all',
    );
  }
}

const reasonsOf = (denied: readonly DeniedField[]): string[] =>
  unique(denied.map(({ coordinate, directive }) => `${coordinate} @${directive}`));

function refusalsOf(denied: readonly DeniedField[]): UnauthorizedField[] {
  const byPath = new Map(denied.map(({ path }) => [path.join('.'), path]));
  return [...byPath.values()].slice(0, MAX_TOLD).map((path) => new UnauthorizedField(path));
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)].slice(0, MAX_TOLD);

/** Coordinates for the access line. */
export const coordinatesOf = (denied: readonly DeniedField[]): string =>
  unique(denied.map(({ coordinate }) => coordinate)).join();
