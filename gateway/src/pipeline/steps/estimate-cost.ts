import type { OperationDefinitionNode } from 'graphql';
import type { CostControl } from '../../cost/cost-control.ts';
import type { Step } from '../exchange.ts';
import { ownSpan } from '../own-span.ts';

/** What the operation will cost at most, and whether that is too much: before anything is planned or fetched for it. */
export const estimateCost =
  (costs: CostControl): Step =>
  (exchange) => {
    const { request, view, variables } = exchange;
    const operation = exchange.operation as OperationDefinitionNode;
    const operationCost = costs.modelOf(view).of(exchange.document.document, operation);
    const estimated = operationCost.estimate(variables);
    exchange.operationCost = operationCost;
    exchange.cost = estimated;
    request.accessFields.cost = estimated;
    const span = ownSpan(exchange);
    if (span?.isRecording()) span.setAttribute('graphql.cost.estimated', estimated);
    const refusal = costs.check(estimated, span?.spanContext());
    if (refusal === undefined) return;
    exchange.costReport = { estimated, max: costs.max };
    throw refusal;
  };
