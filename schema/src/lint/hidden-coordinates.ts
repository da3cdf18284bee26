import { directiveOf } from './directive-of.ts';
import type { LintSubgraph } from './lint-subgraph.ts';

/** What clients cannot see, of itself: `@inaccessible` in one subgraph hides it in all. */
export const hiddenCoordinates = (subgraphs: readonly LintSubgraph[]): Set<string> =>
  new Set(
    subgraphs
      .flatMap(({ elements }) => elements)
      .filter(({ node }) => directiveOf(node, 'inaccessible') !== undefined)
      .map(({ coordinate }) => coordinate),
  );
