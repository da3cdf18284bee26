import type { Finding } from '../finding.ts';
import type { Element } from '../sdl/elements.ts';
import type { SubgraphSource } from '../subgraphs.ts';

export type ElementPlace = Pick<Finding, 'subgraph' | 'file' | 'line' | 'column' | 'source'>;

/** Where an element of a subgraph's SDL stands: its name, below its description. */
export function placeOfElement({ name, schemaPath, sdl }: SubgraphSource, { node }: Element): ElementPlace {
  const token = 'name' in node ? node.name?.loc?.startToken : undefined;
  const file = { subgraph: name, file: schemaPath };
  if (token === undefined) return file;
  const source = sdl.split('\n')[token.line - 1];
  return { ...file, line: token.line, column: token.column, ...(source === undefined ? {} : { source }) };
}
