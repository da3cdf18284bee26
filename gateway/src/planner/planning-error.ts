import type { LimitName } from '../limits/limit-exceeded.ts';

/** Why an operation gets no plan. */
export type PlanningFailure =
  /** Written out, it has more fields than the gateway keeps track of. */
  | 'too-large'
  /** It took longer, or more memory, than planning may, or its plan is too large. */
  | 'limit'
  /** Too many others wait to be planned. */
  | 'overloaded'
  /** Nobody waited for it any more. */
  | 'left'
  /** The planner was closed. */
  | 'closed'
  /** The planner failed; `cause` says how. */
  | 'failed';

/** An operation that gets no plan. The message is safe to show; `cause` is for the log alone. */
export class PlanningError extends Error {
  override readonly name = 'PlanningError';
  readonly failure: PlanningFailure;
  /** Which limit it is over, where it is over one. */
  readonly limit: LimitName | undefined;

  constructor(failure: PlanningFailure, message: string, options?: { cause?: unknown; limit?: LimitName }) {
    super(message, options);
    this.failure = failure;
    this.limit = options?.limit ?? (failure === 'limit' || failure === 'too-large' ? 'planning' : undefined);
  }
}
