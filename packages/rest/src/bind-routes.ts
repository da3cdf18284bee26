import type { GraphQLSchema } from 'graphql';
import { type BoundRoute, bindRoute } from './bind-route.ts';
import { isInLine, type RestRoute } from './rest-route.ts';

export interface BoundRoutes {
  readonly routes: readonly BoundRoute[];
  /** Those that the version is to have, and why its schema does not. */
  readonly missing: readonly { readonly route: RestRoute; readonly refusals: readonly string[] }[];
}

/**
 * The routes that a version of the API has.
 *
 * @param schema of that version
 */
export function bindRoutes(routes: readonly RestRoute[], schema: GraphQLSchema, major: number): BoundRoutes {
  const bound: BoundRoute[] = [];
  const missing: { route: RestRoute; refusals: readonly string[] }[] = [];
  for (const route of routes) {
    if (!isInLine(route, major)) continue;
    const one = bindRoute(route, schema);
    if ('refusals' in one) missing.push({ route, refusals: one.refusals });
    else bound.push(one);
  }
  return { routes: bound, missing };
}
