import { trace } from '@opentelemetry/api';
import { type Metrics, operationMetrics, operationOutcome, tellOutcome } from '@tributary/service-kit';
import type { KnownNames } from '../documents/known-names.ts';
import type { Exchange } from './exchange.ts';
import { summaryOf } from './exchange-summary.ts';

/** Counts exchanges that are over, and says in the access line what each came to. Names that clients choose become labels only where they are known before. */
export function operationCounter(metrics: Metrics, known: KnownNames): (exchange: Exchange) => void {
  const count = operationMetrics(metrics);
  return (exchange) => {
    const { operation, client, line, request } = exchange;
    const name = operation?.name?.value ?? '';
    const { codes, hasData } = summaryOf(exchange);
    const outcome = operationOutcome(codes, hasData);
    tellOutcome(request.accessFields, outcome, codes);
    count({
      operation: known.operations.has(name) ? name : 'other',
      type: operation?.operation ?? 'unknown',
      line: line === undefined ? '' : String(line.major),
      client: known.clients.has(client.name) ? client.name : 'other',
      ...{ outcome, codes },
      seconds: exchange.tookMs / 1000,
      span: trace.getSpanContext(request.traceContext),
    });
  };
}
