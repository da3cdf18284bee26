import type { Limit } from './limit.ts';

/** What a request takes of one bucket. */
export interface Charge {
  readonly limit: Limit;
  /** Whose bucket of the limit. */
  readonly key: string;
  readonly tokens: number;
}

/**
 * What came of charges. A bucket is kept as the time until it is full again, its debt: as it gets tokens at one rate, that
 * says all (the "generic cell rate algorithm").
 */
export interface Taken {
  /** All buckets had enough; otherwise none was taken from. */
  readonly isAllowed: boolean;
  /** Of each charge in turn, afterwards, in milliseconds. */
  readonly debtsMs: readonly number[];
}

export interface Buckets {
  /** Takes from all buckets, or from none; at most a limit's `burst` from one. */
  take(charges: readonly Charge[]): Taken | Promise<Taken>;
}

/** Sums of fractions of milliseconds are not exact. */
const TOLERANCE_MS = 1e-3;

/** Whether a bucket with that debt has the tokens. */
export const hasTokens = ({ fillMs, intervalMs }: Limit, debtMs: number, tokens: number): boolean =>
  debtMs + tokens * intervalMs <= fillMs + TOLERANCE_MS;
