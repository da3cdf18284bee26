import { duration, secret } from '@tributary/service-kit';
import { z } from 'zod';

const RATE = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?(?:ms|s|m|h|d))$/;
const EXPECTED = 'expected requests per second such as 50, or in a time such as 100/1m';

/** `50` is fifty in a second, `100/1m` a hundred in a minute; parsed to the milliseconds in which one comes free. */
const rate = () =>
  z.union([z.number(), z.string()], { error: EXPECTED }).transform((value, context) => {
    const [, count = '', time = ''] =
      typeof value === 'number' ? [value, String(value), '1s'] : (RATE.exec(value) ?? []);
    const timeMs = duration().safeParse(time).data ?? 0;
    const intervalMs = timeMs / Number(count);
    if (Number.isFinite(intervalMs) && intervalMs > 0) return intervalMs;
    context.addIssue({ code: 'custom', message: EXPECTED });
    return z.NEVER;
  });

const isRedisUrl = (text: string) => /^rediss?:$/.test(URL.parse(text)?.protocol ?? '');

const limit = z.strictObject({
  /**
   * Whose requests are counted together. ip: those from one address (IPv6: from one /64); client: those from one address
   * that name one client; user: those of one user who has signed in.
   */
  key: z.enum(['ip', 'client', 'user']),
  /** What may be asked for in the long run. */
  rate: rate(),
  /** What may be asked for at once by somebody who has asked for nothing before. */
  burst: z.int().min(1),
});

/** How often somebody may ask (docs/edge/rate-limits.md). */
export const rateLimitConfig = z
  .strictObject({
    enabled: z.boolean().default(true),
    /**
     * Each one that fits a request has to allow it. Behind one address there may be a company, or a proxy that nobody has
     * named; no person asks as often as that.
     */
    limits: z
      .array(limit)
      .min(1)
      .prefault([
        { key: 'ip', rate: 1000, burst: 5000 },
        { key: 'user', rate: 200, burst: 1000 },
      ]),
    /** An operation whose estimated cost is more counts as several requests: one for each time that it costs so much. */
    costPerToken: z.number().positive().default(1000),
    /** Requests from the gateway's own machine are not limited. For development only. */
    exemptLoopback: z.boolean().default(false),
    /** Gateways that share one Redis share their limits. None: each limits by itself. */
    redis: z
      .strictObject({
        /** `redis://user:password@host:6379/0`; `rediss://` with TLS. One server or primary, not a cluster. */
        url: secret().refine((url) => isRedisUrl(url.reveal()), 'expected a redis:// or rediss:// URL'),
        /** Before every key, where several graphs share a Redis. */
        prefix: z.string().default('tributary:rate-limit:'),
        /** Without an answer in this time the gateway decides by itself, until Redis answers in time again. */
        timeout: duration().prefault('50ms'),
      })
      .optional(),
  })
  .prefault({});

export type RateLimitConfig = z.output<typeof rateLimitConfig>;
