import { type Logger, operationHash } from '@tributary/service-kit';
import type { CompiledPlan } from '../executor/compiled-plan.ts';
import type { Exchange } from './exchange.ts';

/**
 * A line for an executed operation that took `thresholdMs` or longer from when it was let in (under overload all wait at the
 * door, however they are planned): its document's hash, by which `graph usage` knows it, and how it is planned. Names of
 * the schema alone; where the time went, its trace shows.
 */
export function logSlowOperation(exchange: Exchange, thresholdMs: number, log: Logger): void {
  const { request, view, operation } = exchange;
  const tookMs = exchange.tookMs - exchange.waitedMs;
  if (tookMs < thresholdMs || operation === undefined) return;
  const plan = view.planOf(exchange.denial ?? operation);
  log.warn(
    {
      request_id: request.id,
      ...request.accessFields,
      document: operationHash(exchange.document.document, operation),
      plan: plan && outlineOf(plan),
      duration_ms: Math.round(tookMs),
    },
    'slow operation',
  );
}

/** One text a request to a subgraph, with those that it waits for: `0 orders`, `1 payments entities after 0`. */
const outlineOf = ({ calls }: CompiledPlan): string[] =>
  calls.map(({ subgraph, kind, needs }, index) => {
    const what = kind === 'entities' ? ' entities' : '';
    return `${index} ${subgraph}${what}${needs.length === 0 ? '' : ` after ${needs}`}`;
  });
