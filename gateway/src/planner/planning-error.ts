/** Why an operation gets no plan. */
export type PlanningFailure =
  /** Written out, it has more fields than the gateway keeps track of. */
  | 'too-large'
  /** It took longer, or more memory, than planning may. */
  | 'limit'
  /** Too many others wait to be planned. */
  | 'overloaded'
  /** The planner was closed. */
  | 'closed'
  /** The planner failed; `cause` says how. */
  | 'failed';

/** An operation that gets no plan. The message is safe to show; `cause` is for the log alone. */
export class PlanningError extends Error {
  override readonly name = 'PlanningError';
  readonly failure: PlanningFailure;

  constructor(failure: PlanningFailure, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.failure = failure;
  }
}
