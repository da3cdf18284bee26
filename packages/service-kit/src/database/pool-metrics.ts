import type { Pool } from 'pg';
import type { Metrics } from '../metrics/metrics.ts';

/** What operators learn of a pool of connections to PostgreSQL. */
export interface PoolMetrics {
  /** Told whenever somebody has learned whether the server answers. */
  answers(isUp: boolean): void;
}

/** @param max connections that the pool may open */
export function poolMetrics(pool: Pool, max: number, metrics: Metrics): PoolMetrics {
  const connections = metrics.get('db_client_connections');
  const waiting = metrics.get('db_client_pending_requests');
  const up = metrics.get('external_service_up');
  metrics.get('db_client_connections_max').set(max);
  metrics.beforeScrape(() => {
    connections.set({ state: 'used' }, pool.totalCount - pool.idleCount);
    connections.set({ state: 'idle' }, pool.idleCount);
    waiting.set(pool.waitingCount);
  });
  return { answers: (isUp) => up.set({ service: 'postgres' }, isUp ? 1 : 0) };
}
