import type { Mutant } from './instrument.ts';

/** Mutants that the cases cannot notice, and why. */
export const EQUIVALENT: readonly (Omit<Mutant, 'line'> & { why: string })[] = [
  {
    file: 'compare-graphs.ts',
    code: "if (layer === 'api') entry.change = change;",
    source: "layer === 'api'",
    why: 'The supergraph has the types that clients see, and says it in the same words.',
  },
  {
    file: 'compare-input-values.ts',
    code: "const usesOf = (coordinate: string) => (what === 'ARGUMENT' ? [coordinate] : [coordinate, parent]);",
    source: "what === 'ARGUMENT'",
    why: 'The cases have no documents; src/commands/check.test.ts has.',
  },
  {
    file: 'graph-side.ts',
    code: "if ((error as Error).message.startsWith('Unknown type: ')) return undefined;",
    source: "(error as Error).message.startsWith('Unknown type: ')",
    why: 'The cases compose; src/commands/check.test.ts has what does not.',
  },
];
