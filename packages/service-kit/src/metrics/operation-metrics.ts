import type { SpanContext } from '@opentelemetry/api';
import { errorCatalogue } from '../errors/catalogue.ts';
import type { CounterSeries, Observe } from './counted-series.ts';
import type { Metrics } from './metrics.ts';
import type { OperationOutcome } from './operation-outcome.ts';

/** A GraphQL operation that is over. Names are known ones, or `other`. */
export interface CountedOperation {
  operation: string;
  /** `unknown` where the document did not say. */
  type: 'query' | 'mutation' | 'subscription' | 'unknown';
  client: string;
  /** The version line that was asked; '' where there is none. */
  line: string;
  outcome: OperationOutcome;
  /** Of its errors, known ones. */
  codes: readonly string[];
  seconds: number;
  /** The request's. */
  span: SpanContext | undefined;
}

interface Series {
  total: CounterSeries;
  observe: Observe;
}

/** Counts and times operations, and counts their errors. */
export function operationMetrics(metrics: Metrics): (operation: CountedOperation) => void {
  const errors = new Map(
    [...Object.keys(errorCatalogue), 'other'].map((code) => [code, metrics.counter('graphql_errors_total', { code })]),
  );
  const known = new Map<string, Series>();

  return ({ operation, type, client, line, outcome, codes, seconds, span }) => {
    for (const code of codes) errors.get(code)?.inc();
    const key = `${type} ${outcome} ${operation} ${client} ${line}`;
    let series = known.get(key);
    if (series === undefined) {
      const labels = { operation, type, outcome };
      series = {
        total: metrics.counter('graphql_operations_total', { ...labels, client, line }),
        observe: metrics.observer('graphql_operation_duration_seconds', labels),
      };
      known.set(key, series);
    }
    series.total.inc();
    series.observe(seconds, span);
  };
}
