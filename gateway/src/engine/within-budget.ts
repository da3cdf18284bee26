import { errorCatalogue } from '@tributary/service-kit';
import type { AskSubgraph, PlanRequest } from '../executor/subgraph-access.ts';
import type { RequestBudget } from '../limits/request-budget.ts';
import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';

/** Asks for what the budget allows. What it does not is not sent, and the fields that it is for are null. */
export const withinBudget =
  (budget: RequestBudget, ask: AskSubgraph): AskSubgraph =>
  (asked) => {
    if (budget.isSpent) return Promise.resolve(TOO_LONG);
    const { entities } = asked;
    if (entities !== undefined && !budget.takeEntities(countOf(entities))) return Promise.resolve(TOO_MANY_ENTITIES);
    return ask(asked);
  };

function countOf(entities: NonNullable<PlanRequest['entities']>): number {
  let sum = 0;
  for (const count of entities.values()) sum += count;
  return sum;
}

const refusal = (code: 'OPERATION_LIMIT_EXCEEDED' | 'SUBGRAPH_RESPONSE_INVALID', message: string): SubgraphAnswer =>
  Object.freeze({ data: null, errors: [{ message, extensions: { code } }] });

const TOO_MANY_ENTITIES = refusal(
  'OPERATION_LIMIT_EXCEEDED',
  'The operation asks for more entities of subgraphs than a request may.',
);

/** As the fetch that went over it is answered. */
export const TOO_LONG = refusal('SUBGRAPH_RESPONSE_INVALID', errorCatalogue.SUBGRAPH_RESPONSE_INVALID.message);
