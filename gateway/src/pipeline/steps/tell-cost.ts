import type { CostControl } from '../../cost/cost-control.ts';
import type { Step } from '../exchange.ts';

/** With it, a client is told in `extensions.cost` what its operation was estimated to cost, and what it did. */
const COST_HEADER = 'x-graphql-cost';
/** In characters: to read a longer answer once more is a lot of work for a header. */
const MAX_COUNTED = 1024 * 1024;

export const tellCost =
  (costs: CostControl): Step =>
  (exchange) => {
    if (exchange.request.headers[COST_HEADER] !== '1') return;
    const { cost: estimated, operationCost, result, variables } = exchange;
    if (operationCost === undefined || exchange.live !== undefined) return;
    // Of an answer in parts, the first is not all.
    const isWhole = exchange.incremental === undefined && result.data.length <= MAX_COUNTED;
    const actual = !isWhole ? {} : { actual: operationCost.actual(result.data, variables) };
    exchange.costReport = { estimated, ...actual, max: costs.max };
  };
