import { deprecationCounter } from '../deprecations/deprecation-metrics.ts';
import type { UsedDeprecations } from '../deprecations/used-deprecations.ts';
import { operationCounter } from './count-operation.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineParts } from './graphql-pipeline.ts';
import { logSlowOperation } from './log-slow-operation.ts';

/** What is done when an exchange is over: others may come in, and it is counted. */
export function endExchange(parts: PipelineParts, used: UsedDeprecations): (exchange: Exchange) => void {
  const count = operationCounter(parts.metrics, parts.knownNames);
  const countDeprecated = deprecationCounter({ ...parts, used, current: () => parts.engine.current });
  return (exchange) => {
    exchange.generation.leave();
    if (exchange.isInside) parts.door?.leave();
    if (exchange.batch === undefined) count(exchange);
    if (exchange.live !== undefined || exchange.result !== undefined) {
      parts.usage?.count(exchange);
      countDeprecated(exchange);
    }
    if (exchange.result === undefined) return;
    // Of an answer in parts, the first is not all.
    if (exchange.incremental === undefined) parts.costs?.sample(exchange);
    logSlowOperation(exchange, parts.slowOperationMs, parts.log);
  };
}
