import { laterPayloads } from '../incremental/payloads.ts';
import type { Exchange } from './exchange.ts';

/** What follows the result of an exchange, which is over when that is; undefined where nothing does. */
export function laterParts(exchange: Exchange, over: () => void): AsyncIterableIterator<string> | undefined {
  const { incremental, incrementalFormat, request } = exchange;
  if (incremental?.updates === undefined) return undefined;
  const { initial, updates } = incremental;
  return laterPayloads({
    updates,
    format: incrementalFormat ?? 'v0.2',
    requestId: request.id,
    extensionsOf(update) {
      const cost = exchange.costAfter?.(update);
      return cost && { cost };
    },
    ended(errors) {
      // By all of its errors it is counted.
      exchange.result = { data: initial.data, errors: [...initial.errors, ...errors] };
      over();
    },
  });
}
