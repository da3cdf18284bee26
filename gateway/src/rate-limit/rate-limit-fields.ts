import type { Charge } from './buckets.ts';

/** How much is left of a bucket that a request was charged to. */
export interface RateStanding {
  readonly charge: Charge;
  readonly debtMs: number;
}

/**
 * A bucket in `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): whole tokens that are left, and the seconds until
 * there is one more, where it is not full.
 */
export function rateLimitField({ charge, debtMs }: RateStanding): string {
  const { name, burst, intervalMs } = charge.limit;
  const tokens = Math.max(0, burst - debtMs / intervalMs);
  const left = Math.floor(tokens + 1e-6);
  if (left >= burst) return `"${name}";r=${left}`;
  const nextMs = (left + 1 - tokens) * intervalMs;
  return `"${name}";r=${left};t=${Math.max(1, Math.ceil(nextMs / 1000))}`;
}

/** For `Retry-After`: whole seconds until the bucket has so many tokens. */
export function retryAfterSeconds({ charge, debtMs }: RateStanding, tokens: number): number {
  const { fillMs, intervalMs } = charge.limit;
  return Math.max(1, Math.ceil((debtMs + tokens * intervalMs - fillMs) / 1000));
}
