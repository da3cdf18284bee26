import type { Metrics } from '@tributary/service-kit';
import type { KnownNames } from '../documents/known-names.ts';
import type { Exchange } from './exchange.ts';

/** One for `graphql_operations_total`. Names that clients choose become labels only where they are known before. */
export function countOperation(exchange: Exchange, metrics: Metrics, known: KnownNames): void {
  const { operation, request } = exchange;
  const name = operation?.name?.value ?? '';
  const client = request.headers['apollographql-client-name'];
  metrics.get('graphql_operations_total').inc({
    operation: known.operations.has(name) ? name : 'other',
    type: operation?.operation ?? 'unknown',
    outcome: outcomeOf(exchange),
    client: typeof client === 'string' && known.clients.has(client) ? client : 'other',
    line: '',
  });
}

function outcomeOf({ result }: Exchange): 'success' | 'partial' | 'failure' | 'refused' {
  if (result === undefined) return 'refused';
  if (result.errors.length === 0) return 'success';
  return result.data === 'null' ? 'failure' : 'partial';
}
