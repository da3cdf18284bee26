import { directiveOf, elementsOf, type LineDirective, lineDirective, parseSdl } from '@tributary/service-kit/sdl';
import type { DocumentNode } from 'graphql';
import type { SubgraphSource } from '../subgraphs.ts';
import { type ElementPlace, placeOfElement } from './place-of-element.ts';

export interface ParsedSubgraph extends SubgraphSource {
  document: DocumentNode;
}

/** Those that are GraphQL; of the others composition tells. */
export const parsedSubgraphs = (subgraphs: readonly SubgraphSource[]): ParsedSubgraph[] =>
  subgraphs.flatMap((subgraph) => {
    try {
      return [{ ...subgraph, document: parseSdl(subgraph.files) }];
    } catch {
      return [];
    }
  });

/**
 * Where an element stands: in the first subgraph that has the directive on it, else in the first that has it at all.
 * Empty for one that no subgraph has.
 */
export function placeOfCoordinate(
  subgraphs: readonly ParsedSubgraph[],
  coordinate: string,
  directives: readonly LineDirective[] = [],
): ElementPlace {
  const all = subgraphs.flatMap((subgraph) => {
    const element = elementsOf(subgraph.document).get(coordinate);
    if (element === undefined) return [];
    const names = directives.map((directive) => lineDirective(subgraph.document, directive));
    return [{ subgraph, element, isMarked: names.some((name) => directiveOf(element, name)) }];
  });
  const found = all.find(({ isMarked }) => isMarked) ?? all[0];
  return found === undefined ? {} : placeOfElement(found.subgraph, found.element);
}
