import { OperationTypeNode } from 'graphql';
import type { Step } from '../exchange.ts';
import { type ExecuteParts, execute } from './execute.ts';
import { type SubscribeParts, subscribe } from './subscribe.ts';

/** Hands the operation to the engine: for one result, or for one each time that something happens. */
export function executeOrSubscribe(parts: ExecuteParts & SubscribeParts): Step {
  const once = execute(parts);
  const often = subscribe(parts);
  return (exchange) =>
    exchange.operation?.operation === OperationTypeNode.SUBSCRIPTION ? often(exchange) : once(exchange);
}
