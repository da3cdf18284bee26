import type { SubgraphAnswer } from '../subgraphs/read-answer.ts';
import type { PlanCall } from './compiled-plan.ts';

export interface SubgraphRequest {
  readonly subgraph: string;
  readonly query: string;
  /** JSON text of the object of variables. */
  readonly variables: string;
  /** Of the entities that it is for, or of the root. */
  readonly types: readonly string[];
  /** How many representations each `_entities` field of the query was given, by its key; undefined: root fields. */
  readonly entities: ReadonlyMap<string, number> | undefined;
  /** Of the response, that wait for the entities; 0 for root fields. */
  readonly places: number;
  /** Of the plan, that it answers. */
  readonly calls: readonly PlanCall[];
  /** The body of an answer that need not be read when it comes again. */
  readonly expected?: Buffer | undefined;
}

/** Asks a subgraph. Does not reject: what goes wrong is an answer with errors and without data. */
export type AskSubgraph = (request: SubgraphRequest) => Promise<SubgraphAnswer>;

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
