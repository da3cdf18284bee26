import { CodedError, type ErrorCode } from '@tributary/service-kit';

/** Value of the metric label `outcome` of a subgraph fetch. */
export type FetchOutcome = 'ok' | 'errors' | 'unavailable' | 'invalid' | 'deadline' | 'cancelled';

const CODES = {
  unavailable: 'SUBGRAPH_UNAVAILABLE',
  invalid: 'SUBGRAPH_RESPONSE_INVALID',
  deadline: 'DEADLINE_EXCEEDED',
  cancelled: 'DEADLINE_EXCEEDED',
} as const satisfies Partial<Record<FetchOutcome, ErrorCode>>;

/** A fetch as a whole came to nothing. The reason is for the log; the client sees the catalogue's message. */
export class FetchError extends CodedError {
  readonly outcome: keyof typeof CODES;
  readonly reason: string;
  /** The gateway has not sent it, or not let it end: it says nothing of the subgraph. */
  readonly isOwn: boolean;

  constructor(outcome: keyof typeof CODES, reason: string, cause?: unknown, isOwn = false) {
    super(CODES[outcome], undefined, { cause });
    this.outcome = outcome;
    this.reason = reason;
    this.isOwn = isOwn || outcome === 'cancelled';
  }
}
