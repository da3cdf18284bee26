import type { BoundRoute } from './bind-route.ts';

/**
 * The day from which on a route may be gone with a root field, `YYYY-MM-DD`: the first. Undefined where none is known.
 *
 * @param sunsets of a deprecated element, by its coordinate
 */
export const sunsetOf = (
  { deprecated }: Pick<BoundRoute, 'deprecated'>,
  sunsets: (coordinate: string) => string | undefined,
): string | undefined => deprecated.flatMap((coordinate) => sunsets(coordinate) ?? []).sort()[0];
