import type { OperationRequest } from '../http/operation-request.ts';
import type { CountLimit } from '../limits/limit-counter.ts';
import { LimitExceeded } from '../limits/limit-exceeded.ts';

/** Says which limit a request was refused by, where it was one. */
export function countRefusedByLimit(error: unknown, { accessFields }: OperationRequest, count: CountLimit): void {
  if (!(error instanceof LimitExceeded)) return;
  accessFields.limit = error.limit;
  count(error.limit);
}
