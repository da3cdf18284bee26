import { trace } from '@opentelemetry/api';
import { type Metrics, operationMetrics } from '@tributary/service-kit';
import type { KnownNames } from '../documents/known-names.ts';
import type { Exchange } from './exchange.ts';

/** Counts exchanges that are over. Names that clients choose become labels only where they are known before. */
export function operationCounter(metrics: Metrics, known: KnownNames): (exchange: Exchange) => void {
  const count = operationMetrics(metrics);
  return ({ operation, client, line, request, result, live, refusals, startedMs }) => {
    const name = operation?.name?.value ?? '';
    const errors = result?.errors ?? refusals;
    count({
      operation: known.operations.has(name) ? name : 'other',
      type: operation?.operation ?? 'unknown',
      line: line === undefined ? '' : String(line.major),
      client: known.clients.has(client.name) ? client.name : 'other',
      codes: errors.length === 0 ? errors : errors.map(({ code }) => code),
      hasData: live !== undefined || (result !== undefined && result.data !== 'null'),
      seconds: (performance.now() - startedMs) / 1000,
      span: trace.getSpanContext(request.traceContext),
    });
  };
}
