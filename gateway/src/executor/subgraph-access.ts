import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';
import type { SubgraphRequest } from '../subgraphs/subgraph-request.ts';
import type { PlanCall } from './compiled-plan.ts';

/** What a subgraph is asked for calls of a plan. */
export interface PlanRequest extends SubgraphRequest {
  /** Of the plan, that it answers. */
  readonly calls: readonly PlanCall[];
}

/** Asks a subgraph. Does not reject: what goes wrong is an answer with errors and without data. */
export type AskSubgraph = (request: PlanRequest) => Promise<SubgraphAnswer>;

/** How quick the subgraphs were lately. Shared by all requests. */
export interface SubgraphPace {
  /** The same, timed. */
  timed(ask: AskSubgraph): AskSubgraph;
  /** See `ScheduleParts`. */
  patienceMs(subgraph: string): number;
}

/** A request may become slower by so much of what the subgraph takes, where that saves it another one. */
const PATIENCE = 0.25;
const MAX_PATIENCE_MS = 20;
/** Of each new measurement, in the running mean. */
const WEIGHT = 0.1;

export function subgraphPace(): SubgraphPace {
  const means = new Map<string, number>();
  return {
    timed: (ask) => (request) => {
      const startedMs = performance.now();
      return ask(request).then((answer) => {
        const tookMs = performance.now() - startedMs;
        const mean = means.get(request.subgraph) ?? tookMs;
        means.set(request.subgraph, mean + WEIGHT * (tookMs - mean));
        return answer;
      });
    },
    patienceMs: (subgraph) => Math.min(MAX_PATIENCE_MS, PATIENCE * (means.get(subgraph) ?? 0)),
  };
}
