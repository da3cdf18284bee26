import type { Metrics } from '@tributary/service-kit';

/** Whether an operation's plan was there, is being made for somebody else, or is to be made. */
export type PlanLookup = 'hit' | 'shared' | 'miss';

/** Counts look-ups; and how many plans there are, when somebody wants to know. */
export function planMetrics(metrics: Metrics, countPlans: () => number): (lookup: PlanLookup) => void {
  const counter = (outcome: PlanLookup) => metrics.counter('graphql_plan_cache_lookups_total', { outcome });
  const counters = { hit: counter('hit'), shared: counter('shared'), miss: counter('miss') };
  const entries = metrics.get('graphql_plan_cache_entries');
  metrics.beforeScrape(() => entries.set(countPlans()));
  return (lookup) => counters[lookup].inc();
}
