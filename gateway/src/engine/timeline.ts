import type { AskSubgraph } from '../executor/subgraph-access.ts';

/** One request to a subgraph. */
export interface TimelineEntry {
  readonly subgraph: string;
  /** From the start of the operation. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Of the answer's body; 0 without one. */
  readonly bytes: number;
  /** Entities that were asked for. */
  readonly representations: number;
  /** Places in the response that wait for these entities, beyond one for each. */
  readonly deduplicated: number;
  readonly errors: number;
}

/** What an operation was planned as, and what became of it. Text is @apollo/query-planner's. */
export interface ExplainedPlan {
  readonly text: string;
  readonly timeline: readonly TimelineEntry[];
}

/** Writes down what is asked, in the order in which the answers come. */
export function written(ask: AskSubgraph, timeline: TimelineEntry[]): AskSubgraph {
  const beganMs = performance.now();
  return async (request) => {
    const startedMs = performance.now();
    const answer = await ask(request);
    const representations = [...(request.entities?.values() ?? [])].reduce((sum, count) => sum + count, 0);
    timeline.push({
      subgraph: request.subgraph,
      startMs: rounded(startedMs - beganMs),
      durationMs: rounded(performance.now() - startedMs),
      bytes: answer.body?.length ?? 0,
      ...{ representations, deduplicated: request.places - representations },
      errors: answer.errors.length,
    });
    return answer;
  };
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;
