import { directiveOf, elementsOf, lineDirective, linkedDirective, textArgument } from '@tributary/service-kit/sdl';
import { parse } from 'graphql';
import { parentOf } from '../diff/explain-removals.ts';

/** What `@sunset` says of an element; undefined for what it does not say as a text. */
export interface Sunset {
  /** `YYYY-MM-DD` where it is valid. */
  readonly on: string | undefined;
  readonly replacement: string | undefined;
  readonly owner: string | undefined;
}

/** What a schema has for clients, with its deprecations, by schema coordinate. */
export interface Sunsets {
  /** Without what is `@inaccessible`. */
  readonly coordinates: ReadonlySet<string>;
  readonly deprecated: ReadonlySet<string>;
  readonly sunsets: ReadonlyMap<string, Sunset>;
  /** Whether the schema has the directive `@sunset`. */
  readonly knowsSunset: boolean;
}

/** @param sdl of a subgraph, a supergraph or an API. */
export function readSunsets(sdl: string): Sunsets {
  const document = parse(sdl, { noLocation: true });
  const elements = elementsOf(document);
  const hiding = HIDING.map((identity) => linkedDirective(document, identity, 'inaccessible'));
  const isHidden = (coordinate: string): boolean => {
    const element = elements.get(coordinate);
    const parent = parentOf(coordinate);
    if (element !== undefined && hiding.some((name) => directiveOf(element, name))) return true;
    return parent !== coordinate && isHidden(parent);
  };
  // An API links nothing, and may have the directive all the same.
  const name = lineDirective(document, 'sunset') ?? 'sunset';
  const visible = [...elements].filter(([coordinate]) => !isHidden(coordinate));
  const sunsets = new Map<string, Sunset>();
  for (const [coordinate, element] of visible) {
    const sunset = directiveOf(element, name);
    if (sunset === undefined) continue;
    const [on, replacement, owner] = ['on', 'replacement', 'owner'].map((argument) => textArgument(sunset, argument));
    sunsets.set(coordinate, { on, replacement, owner });
  }
  const deprecated = visible.filter(([, element]) => directiveOf(element, 'deprecated') !== undefined);
  return {
    coordinates: new Set(visible.map(([coordinate]) => coordinate)),
    deprecated: new Set(deprecated.map(([coordinate]) => coordinate)),
    sunsets,
    knowsSunset: sunsets.size > 0 || elements.has(`@${name}`),
  };
}

/** Whose `@inaccessible` it is: a supergraph's, and a subgraph's. */
const HIDING = ['https://specs.apollo.dev/inaccessible', 'https://specs.apollo.dev/federation'];
