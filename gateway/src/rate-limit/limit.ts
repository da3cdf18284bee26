import type { RateLimitConfig } from '../config/rate-limit-config.ts';

/** Whose requests a limit counts together. */
export type LimitKey = RateLimitConfig['limits'][number]['key'];

/** A token bucket of which everybody has one of his own: it holds `burst` tokens and gets one each `intervalMs`. */
export interface Limit {
  /** In headers, and before its buckets' keys. */
  readonly name: string;
  readonly key: LimitKey;
  readonly burst: number;
  readonly intervalMs: number;
  /** In which an empty bucket is full again. */
  readonly fillMs: number;
  /** As it stands in `RateLimit-Policy`. */
  readonly policy: string;
}

/** As configured; a second limit of one key is named after it and its number, `user-2`. */
export function limitsOf(configured: RateLimitConfig['limits']): readonly Limit[] {
  return configured.map(({ key, rate: intervalMs, burst }, index) => {
    const number = configured.slice(0, index + 1).filter((other) => other.key === key).length;
    const name = number === 1 ? key : `${key}-${number}`;
    const fillMs = burst * intervalMs;
    return { name, key, burst, intervalMs, fillMs, policy: `"${name}";q=${burst};w=${Math.ceil(fillMs / 1000)}` };
  });
}
