import type { Metrics } from '@tributary/service-kit';
import type { Door } from './door.ts';

export function showDoorLimit(door: Door, metrics: Metrics): void {
  const gauge = metrics.get('gateway_concurrency_limit');
  metrics.beforeScrape(() => gauge.set({ target: 'door' }, door.limit));
}
