import { directiveOf, elementsOf, lineDirective, textArgument } from '@tributary/service-kit/sdl';
import type { DocumentNode } from 'graphql';

/** That something of the schema will go, as clients are told. */
export interface Deprecation {
  /** Schema coordinate of a field, an argument, an input field or an enum value. */
  readonly coordinate: string;
  readonly reason: string;
  /** The day from which on it may be gone, `YYYY-MM-DD`; undefined where `@sunset` names none. */
  readonly sunset: string | undefined;
  /** Schema coordinate of what takes its place, where there is something. */
  readonly replacement: string | undefined;
}

/** The default of the specification. */
const NO_REASON = 'No longer supported';

/** What a supergraph says by `@deprecated`, and by `@sunset` of the version lines' directives; by coordinate. */
export function deprecationsIn(supergraph: DocumentNode): ReadonlyMap<string, Deprecation> {
  const sunsetName = lineDirective(supergraph, 'sunset');
  const deprecations = new Map<string, Deprecation>();
  for (const [coordinate, element] of elementsOf(supergraph)) {
    const deprecated = directiveOf(element, 'deprecated');
    if (deprecated === undefined) continue;
    const sunset = directiveOf(element, sunsetName);
    deprecations.set(coordinate, {
      coordinate,
      reason: textArgument(deprecated, 'reason') ?? NO_REASON,
      sunset: sunset && textArgument(sunset, 'on'),
      replacement: sunset && textArgument(sunset, 'replacement'),
    });
  }
  return deprecations;
}
