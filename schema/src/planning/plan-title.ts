import type { PlanShape } from './plan-shape.ts';

/** `query ProductPage: 3 fetches, 2 deep, from inventory, orders`. */
export function planTitle(operation: string, { fetches, depth, subgraphs }: PlanShape): string {
  if (fetches === 0) return `${operation}: no fetches`;
  const count = fetches === 1 ? '1 fetch' : `${fetches} fetches`;
  return `${operation}: ${count}, ${depth} deep, from ${subgraphs.join(', ')}`;
}
