import type { Token } from 'graphql';
import type { Finding } from '../finding.ts';
import type { LintSubgraph } from './lint-subgraph.ts';

/** A finding with its place and its line. */
export function findingAt(
  { name, file, sdl }: Pick<LintSubgraph, 'name' | 'file' | 'sdl'>,
  { line, column }: Pick<Token, 'line' | 'column'>,
  finding: Pick<Finding, 'severity' | 'code' | 'message' | 'hint' | 'coordinate'>,
): Finding {
  const source = sdl.split(/\r\n|[\n\r]/)[line - 1];
  return { ...finding, subgraph: name, file, line, column, ...(source === undefined ? {} : { source }) };
}
