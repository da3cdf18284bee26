import type { ApolloServerPlugin } from '@apollo/server';
import { context, trace } from '@opentelemetry/api';
import type { Metrics } from '../metrics/metrics.ts';
import { operationMetrics } from '../metrics/operation-metrics.ts';

/** Counts and times the gateway's operations. Their names are the gateway's, and clients are not known here. */
export function countOperations(metrics: Metrics): ApolloServerPlugin {
  const count = operationMetrics(metrics);
  return {
    async requestDidStart() {
      const startedMs = performance.now();
      return {
        async willSendResponse({ operation, response: { body } }) {
          const { data, errors = [] } = body.kind === 'single' ? body.singleResult : body.initialResult;
          count({
            operation: 'other',
            type: operation?.operation ?? 'unknown',
            client: 'other',
            line: '',
            codes: errors.length === 0 ? errors : errors.map(({ extensions }) => extensions?.code),
            hasData: data !== null && data !== undefined,
            seconds: (performance.now() - startedMs) / 1000,
            span: trace.getSpanContext(context.active()),
          });
        },
      };
    },
  };
}
