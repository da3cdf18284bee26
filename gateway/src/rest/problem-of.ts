import { type BoundRoute, type Problem, type ProblemError, problem } from '@tributary/rest';
import { type CodedError, type ErrorCode, errorCatalogue } from '@tributary/service-kit';
import type { ClientError } from '../executor/projection-run.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import { InvalidInput, nameOf } from './invalid-input.ts';

/** What the request was refused with, before it was executed. */
export function problemOfRefusals(refusals: readonly CodedError[], exchange: Exchange): Problem {
  const [first] = refusals as [CodedError, ...CodedError[]];
  const { id } = exchange.request;
  if (first instanceof InvalidInput) {
    const errors = first.issues.map((issue) => ({ message: issue.detail, path: nameOf(issue) }));
    return problem(first.status, first.code, first.message, id, errors);
  }
  const errors = refusals.length === 1 ? [] : refusals.map(({ message, code }) => ({ message, code }));
  const status = first.code === UNAUTHORIZED ? statusOf(first.code, exchange) : first.status;
  return problem(status, first.code, first.message, id, errors);
}

/**
 * What went wrong while it was executed. A client of REST is given all or nothing: what is null because something failed
 * cannot be told from what is not there. `NOT_FOUND` of what the body is of is 404; of a part of it, it is a failure.
 */
export function problemOfErrors(errors: readonly ClientError[], exchange: Exchange, bound: BoundRoute): Problem {
  const status = (error: ClientError) => (isMissing(error, bound) ? 404 : statusOf(error.code, exchange));
  const all = errors.map(({ message, code, path }): ProblemError => ({ message, code, path: path?.join('.') ?? '' }));
  const [first] = errors.toSorted((a, b) => status(b) - status(a)) as [ClientError];
  const { code, message } = first;
  return problem(status(first), code, message, exchange.request.id, all.slice(0, MAX_TOLD));
}

const MAX_TOLD = 20;

/** Whether there is nothing at the route's result, as the subgraph says. */
const isMissing = ({ code, path }: ClientError, { mayBeMissing, route: { result } }: BoundRoute): boolean =>
  code === 'NOT_FOUND' &&
  mayBeMissing &&
  path !== undefined &&
  path.length <= result.length &&
  path.every((key, index) => key === result[index]);

/** Statuses that the OpenAPI documents have for everything. */
const FOR_ALL = new Set([400, 401, 403, 429, 500, 502, 503, 504]);
const UNAUTHORIZED = 'UNAUTHORIZED_FIELD_OR_TYPE';

/** A subgraph may have codes of its own: of those nothing is known but that the fault is on this side. */
function statusOf(code: string, exchange: Exchange): number {
  // Undefined where it was refused before anybody asked who it is.
  const identity: Exchange['identity'] | undefined = exchange.identity;
  if (code === UNAUTHORIZED) return identity?.kind === 'anonymous' ? 401 : 403;
  const status = Object.hasOwn(errorCatalogue, code) ? errorCatalogue[code as ErrorCode].status : 500;
  return FOR_ALL.has(status) ? status : 500;
}
