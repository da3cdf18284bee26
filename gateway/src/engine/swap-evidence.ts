import { CodedError, errorCatalogue } from '@tributary/service-kit';
import type { OperationResult } from '../executor/prepare-operation.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';

/**
 * Codes by which the gateway or a subgraph says that it failed; a subgraph's refusal of a query that the gateway made has
 * become one of them. All others are answers to who asks, and anybody may have as many of them as they like: those of the
 * catalogue below 500, and those of a subgraph's own, which it has given on purpose (`safeError`). SERVICE_UNAVAILABLE says
 * that there is too much to do.
 */
const FAILURES: ReadonlySet<string> = new Set(
  Object.entries(errorCatalogue).flatMap(([code, { status }]) =>
    status >= 500 && code !== 'SERVICE_UNAVAILABLE' ? [code] : [],
  ),
);

/** Whether a request failed by the supergraph, as far as can be told; undefined: it says nothing of it. */
export function failureIn(
  { errors }: OperationResult,
  { attempts, budget }: Pick<FetchScope, 'attempts' | 'budget'>,
): boolean | undefined {
  // Too much was under way, or it asked for more than a request may.
  if ((attempts?.turnedAway ?? 0) > 0 || budget?.exceeded !== undefined) return undefined;
  return errors.some(({ code }) => FAILURES.has(code));
}

/** The same of one that was not executed: it was refused, or waited in vain for a plan. */
export const failureBy = (error: unknown): true | undefined =>
  error instanceof CodedError && error.code !== 'INTERNAL_SERVER_ERROR' ? undefined : true;
