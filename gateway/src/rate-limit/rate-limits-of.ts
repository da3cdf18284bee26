import type { Component, Logger, Metrics } from '@tributary/service-kit';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { blockListOf } from '../config/server-config.ts';
import { clientAddress } from '../http/client-address.ts';
import { limitsOf } from './limit.ts';
import type { LimitRateParts } from './limit-rate-parts.ts';
import { MemoryBuckets } from './memory-buckets.ts';
import { RedisBuckets } from './redis-buckets.ts';

/** What rates are limited with, and the connection to Redis where one is configured. */
export interface RateLimits {
  readonly parts: LimitRateParts;
  readonly components: readonly Component[];
}

/** As configured; undefined where rates are not limited. */
export function rateLimitsOf(
  { rateLimit, server }: Pick<GatewayConfig, 'rateLimit' | 'server'>,
  observability: { log: Logger; metrics: Metrics },
): RateLimits | undefined {
  const { enabled, limits, costPerToken, exemptLoopback, redis } = rateLimit;
  if (!enabled) return undefined;
  const local = new MemoryBuckets();
  const shared = redis === undefined ? undefined : new RedisBuckets(redis, local, observability);
  return {
    parts: {
      limits: limitsOf(limits),
      buckets: shared ?? local,
      address: clientAddress(blockListOf(server.trustedProxies), server.trustedHops),
      costPerToken,
      exemptLoopback,
      metrics: observability.metrics,
    },
    components: shared === undefined ? [] : [shared.component],
  };
}
