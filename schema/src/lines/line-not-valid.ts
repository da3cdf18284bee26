import type { Finding } from '../finding.ts';
import type { SubgraphSource } from '../subgraphs.ts';
import type { CutProblem } from './cut-line.ts';
import { parsedSubgraphs, placeOfCoordinate } from './parsed-subgraphs.ts';

/** LINE_NOT_VALID for each reason why a line of the supergraph is no schema, at its place in a subgraph. */
export function lineNotValid(
  problems: readonly CutProblem[],
  major: number,
  subgraphs: readonly SubgraphSource[],
): Finding[] {
  if (problems.length === 0) return [];
  const parsed = parsedSubgraphs(subgraphs);
  return problems.map(({ message, coordinate }) => ({
    severity: 'error',
    code: 'LINE_NOT_VALID',
    message: `Line ${major} is no valid schema. ${message}`,
    hint: 'Give @since and @until to all that belongs together: what refers to an element cannot be in a line without it.',
    ...(coordinate === undefined ? {} : { coordinate, ...placeOfCoordinate(parsed, coordinate, ['since', 'until']) }),
  }));
}
