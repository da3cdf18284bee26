import type { CostControl } from '../../cost/cost-control.ts';
import { PartsCost } from '../../cost/parts-cost.ts';
import type { Step } from '../exchange.ts';

/** With it, a client is told in `extensions.cost` what its operation was estimated to cost, and what it did. */
const COST_HEADER = 'x-graphql-cost';
/** In characters: to read a longer answer once more is a lot of work for a header. */
const MAX_COUNTED = 1024 * 1024;

export const tellCost =
  (costs: CostControl): Step =>
  (exchange) => {
    if (exchange.request.headers[COST_HEADER] !== '1') return;
    const { cost: estimated, operationCost, result, variables, incremental, live } = exchange;
    if (operationCost === undefined || live !== undefined) return;
    const { max } = costs;
    const actualOf = (data: unknown) => operationCost.actual(data, variables);
    const isCounted = incremental === undefined && result.data.length <= MAX_COUNTED;
    const actual = isCounted ? { actual: actualOf(JSON.parse(result.data)) } : {};
    exchange.costReport = { estimated, ...actual, max };
    if (incremental === undefined) return;
    // Of an answer in parts, the first is not all: what it costs is told with the last.
    const parts = new PartsCost(result.data, MAX_COUNTED, actualOf);
    exchange.costAfter = (update) => {
      const actual = parts.after(update);
      return actual === undefined ? undefined : { estimated, actual, max };
    };
  };
