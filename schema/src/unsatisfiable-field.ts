import { extractValidationError } from '@apollo/composition';
import type { GraphQLError } from 'graphql';

const REASONS = 'cannot be satisfied by the subgraphs because:\n';

export interface UnsatisfiableField {
  coordinate: string;
  /** The way of a query to it in one line, and what composition says of each subgraph. */
  message: string;
}

/** What a SATISFIABILITY_ERROR is about; undefined for other errors, and for one of several queries at once. */
export function unsatisfiableField(error: GraphQLError): UnsatisfiableField | undefined {
  const path = extractValidationError(error)?.supergraphUnsatisfiablePath ?? [];
  const way = [...path].flatMap(([{ transition }]) =>
    transition.kind === 'FieldCollection' ? [transition.definition.coordinate] : [],
  );
  const coordinate = way.at(-1);
  const [, reasons] = error.message.split(REASONS);
  if (coordinate === undefined || reasons === undefined) return undefined;
  return { coordinate, message: `${coordinate} cannot be resolved on the way ${way.join(' → ')}:\n${reasons}` };
}
