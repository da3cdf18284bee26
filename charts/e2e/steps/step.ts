import type { Graph } from '../graph.ts';

/** One thing that is shown. */
export interface Step {
  name: string;
  /** Gives what was measured. @throws Error that says what is not as it should be. */
  run(graph: Graph): Promise<string>;
}
