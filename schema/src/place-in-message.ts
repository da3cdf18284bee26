import { type Element, elementsOf } from '@tributary/service-kit/sdl';
import type { Finding } from './finding.ts';
import type { ParsedSubgraph } from './lines/parsed-subgraphs.ts';
import { placeOfElement } from './lines/place-of-element.ts';

type Place = Pick<Finding, 'subgraph' | 'file' | 'line' | 'column' | 'source' | 'coordinate'>;

/** Schema coordinates, as composition quotes them. */
const QUOTED = /"(@?\w+(?:\.\w+)?(?:\(\w+:\))?)"/g;

/**
 * The definition of the first element that a message of composition names.
 *
 * @param coordinate the element, where it is known
 */
export function placeInMessage(subgraphs: readonly ParsedSubgraph[], message: string, coordinate?: string): Place {
  // An error of one subgraph alone begins with it.
  const own = subgraphs.find(({ name }) => message.startsWith(`[${name}] `));
  const quoted = [...message.matchAll(QUOTED)].map(([, name = '']) => name);
  for (const each of coordinate === undefined ? quoted : [coordinate]) {
    const place = definitionOf(own === undefined ? subgraphs : [own], each);
    if (place !== undefined) return { ...place, coordinate: each };
  }
  return own === undefined ? {} : { subgraph: own.name, file: own.schemaPath };
}

/** Who has it as `@external` comes last: another defines it. */
function definitionOf(subgraphs: readonly ParsedSubgraph[], coordinate: string): Place | undefined {
  const all = subgraphs.flatMap((subgraph) => {
    const element = elementsOf(subgraph.document).get(coordinate);
    return element === undefined ? [] : [{ subgraph, element }];
  });
  const found = all.find(({ element }) => !isExternal(element)) ?? all[0];
  return found === undefined ? undefined : placeOfElement(found.subgraph, found.element);
}

const isExternal = ({ directives }: Element) => directives.some(({ name }) => name.value === 'external');
