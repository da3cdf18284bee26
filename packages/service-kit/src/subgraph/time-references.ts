import type { Metrics } from '../metrics/metrics.ts';

type Outcome = 'found' | 'missing' | 'failed';
type ResolveReference = (...args: unknown[]) => unknown;

/** The resolvers, with those of references to entities (`__resolveReference`) timed one by one. */
export function timeReferences(resolvers: object, metrics: Metrics): object {
  return Object.fromEntries(
    Object.entries(resolvers).map(([type, ofType]: [string, { __resolveReference?: ResolveReference }]) => {
      const resolve = ofType.__resolveReference;
      if (typeof resolve !== 'function') return [type, ofType];
      return [type, { ...ofType, __resolveReference: timed(resolve, type, metrics) }];
    }),
  );
}

function timed(resolve: ResolveReference, entity: string, metrics: Metrics): ResolveReference {
  const histogram = metrics.get('graphql_entity_resolve_duration_seconds');
  const series = {
    found: histogram.labels({ entity, outcome: 'found' }),
    missing: histogram.labels({ entity, outcome: 'missing' }),
    failed: histogram.labels({ entity, outcome: 'failed' }),
  };
  return async (...args) => {
    const startedMs = performance.now();
    let outcome: Outcome = 'failed';
    try {
      const entity = await resolve(...args);
      outcome = entity === null || entity === undefined ? 'missing' : 'found';
      return entity;
    } finally {
      series[outcome].observe((performance.now() - startedMs) / 1000);
    }
  };
}
