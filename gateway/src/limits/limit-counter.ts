import type { Metrics } from '@tributary/service-kit';
import { LIMIT_NAMES, type LimitName } from './limit-exceeded.ts';

/** Counts a request that met a limit. Every series is there from zero. */
export type CountLimit = (limit: LimitName) => void;

export function limitCounter(metrics: Metrics): CountLimit {
  const series = new Map(
    LIMIT_NAMES.map((limit) => [limit, metrics.counter('graphql_limits_hit_total', { limit })] as const),
  );
  return (limit) => series.get(limit)?.inc();
}
