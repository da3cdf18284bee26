import type { PlanStep } from './plan-steps.ts';

/** What a plan costs. Of a condition's branches, the one that costs more counts. */
export interface PlanShape {
  /** Requests to subgraphs. */
  readonly fetches: number;
  /** How many of them wait for each other. */
  readonly depth: number;
  /** Whom it asks, in the order of the plan. */
  readonly subgraphs: readonly string[];
}

export function planShape(step: PlanStep | undefined): PlanShape {
  if (step === undefined) return { fetches: 0, depth: 0, subgraphs: [] };
  if (step.kind === 'fetch') return { fetches: 1, depth: 1, subgraphs: [step.subgraph] };
  const parts = (step.kind === 'condition' ? [step.whenTrue, step.whenFalse] : step.steps).map(planShape);
  const [fetches, depths] = [parts.map((part) => part.fetches), parts.map((part) => part.depth)];
  return {
    fetches: step.kind === 'condition' ? Math.max(...fetches) : sum(fetches),
    depth: step.kind === 'sequence' ? sum(depths) : Math.max(0, ...depths),
    subgraphs: [...new Set(parts.flatMap(({ subgraphs }) => subgraphs))],
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
