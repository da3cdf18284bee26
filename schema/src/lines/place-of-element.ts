import type { Element } from '@tributary/service-kit/sdl';
import type { Finding } from '../finding.ts';
import { placeAt } from '../sdl/place-at.ts';
import type { SubgraphSource } from '../subgraphs.ts';

export type ElementPlace = Pick<Finding, 'subgraph' | 'file' | 'line' | 'column' | 'source'>;

/** Where an element of a subgraph's SDL stands: its name, below its description. */
export function placeOfElement({ name, schemaPath }: SubgraphSource, { node }: Element): ElementPlace {
  const loc = 'name' in node ? node.name?.loc : undefined;
  return { subgraph: name, ...(loc === undefined ? { file: schemaPath } : placeAt(loc.source, loc.startToken)) };
}
