import type { ApolloServerPlugin } from '@apollo/server';
import { context, trace } from '@opentelemetry/api';
import { tellOutcome } from '../http/access-line.ts';
import { currentOperation } from '../log/operation-context.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { operationMetrics } from '../metrics/operation-metrics.ts';
import { knownCode, operationOutcome } from '../metrics/operation-outcome.ts';

/**
 * Counts and times the gateway's operations, and says in the access line what each came to. As labels, their names are the
 * gateway's, and clients are not known here.
 */
export function countOperations(metrics: Metrics): ApolloServerPlugin {
  const count = operationMetrics(metrics);
  return {
    async requestDidStart() {
      const startedMs = performance.now();
      return {
        async willSendResponse({ operation, response: { body } }) {
          const { data, errors = [] } = body.kind === 'single' ? body.singleResult : body.initialResult;
          const codes = errors.map(({ extensions }) => knownCode(extensions?.code));
          const outcome = operationOutcome(codes, data !== null && data !== undefined);
          const fields = currentOperation()?.fields;
          if (fields !== undefined) tellOutcome(fields, outcome, codes);
          count({
            operation: 'other',
            type: operation?.operation ?? 'unknown',
            client: 'other',
            line: '',
            ...{ outcome, codes },
            seconds: (performance.now() - startedMs) / 1000,
            span: trace.getSpanContext(context.active()),
          });
        },
      };
    },
  };
}
