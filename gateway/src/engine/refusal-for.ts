import { CodedError, type ErrorCode } from '@tributary/service-kit';
import { LimitExceeded } from '../limits/limit-exceeded.ts';
import { RequestShed } from '../overload/request-shed.ts';
import type { PlanningError, PlanningFailure } from '../planner/planning-error.ts';

const CODES = {
  'too-large': 'QUERY_PLAN_COMPLEXITY_EXCEEDED',
  limit: 'QUERY_PLAN_COMPLEXITY_EXCEEDED',
  left: 'DEADLINE_EXCEEDED',
  closed: 'SERVICE_UNAVAILABLE',
  failed: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<Exclude<PlanningFailure, 'overloaded'>, ErrorCode>;

/** What a client is told of an operation that gets no plan. */
export function refusalFor(cause: PlanningError): CodedError {
  if (cause.failure === 'overloaded') return new RequestShed('planner', { cause });
  const code = CODES[cause.failure];
  if (cause.limit === undefined) return new CodedError(code, undefined, { cause });
  return new LimitExceeded(cause.limit, cause.message, code, { cause });
}
