import type { Metrics } from '@tributary/service-kit';
import type { ClientAddress } from '../http/client-address.ts';
import type { Buckets } from './buckets.ts';
import type { Limit } from './limit.ts';

/** What rates are limited with. */
export interface LimitRateParts {
  limits: readonly Limit[];
  buckets: Buckets;
  address: ClientAddress;
  costPerToken: number;
  exemptLoopback: boolean;
  metrics: Metrics;
}
