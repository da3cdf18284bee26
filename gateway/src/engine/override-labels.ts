import type { OverrideLabels } from '../planner/planner.ts';

const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/;

/**
 * Draws for one request which labels of `@override(label:)` are on: `percent(n)` for n of 100 requests, others where they
 * are among `on`.
 */
export function drawLabels(
  labels: Iterable<string>,
  on: ReadonlySet<string>,
  random: () => number = Math.random,
): OverrideLabels {
  const drawn = new Map<string, boolean>();
  for (const label of labels) {
    const percent = PERCENT.exec(label)?.[1];
    drawn.set(label, percent === undefined ? on.has(label) : random() * 100 < Number(percent));
  }
  return drawn;
}
