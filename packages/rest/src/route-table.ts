import type { BoundRoute } from './bind-route.ts';
import type { RestMethod } from './rest-route.ts';

export interface RouteMatch {
  readonly bound: BoundRoute;
  /** Values of the path's variables, decoded. */
  readonly path: Readonly<Record<string, string>>;
}

/** Routes by which a path is found. */
export class RouteTable {
  readonly routes: readonly BoundRoute[];

  constructor(routes: readonly BoundRoute[]) {
    this.routes = routes;
  }

  /**
   * @param path below the version line, with its slash, as it was sent
   * @returns undefined where no route has the path; `allowed` where none has it by this method
   */
  find(method: string, path: string): RouteMatch | { readonly allowed: readonly RestMethod[] } | undefined {
    const parts = decoded(path);
    if (parts === undefined) return undefined;
    const closest = this.#at(parts);
    if (closest.length === 0) return undefined;
    const bound = closest.find(({ route }) => route.method === method);
    if (bound === undefined) return { allowed: closest.map(({ route }) => route.method) };
    const values = bound.route.segments.flatMap((segment, index) =>
      'variable' in segment ? [[segment.variable, parts[index] ?? ''] as const] : [],
    );
    return { bound, path: Object.fromEntries(values) };
  }

  /** By which methods there is something at a path. */
  methodsAt(path: string): RestMethod[] {
    return this.#at(decoded(path) ?? []).map(({ route }) => route.method);
  }

  #at(parts: readonly string[]): BoundRoute[] {
    const fitting = this.routes.filter(({ route: { segments } }) => fits(segments, parts));
    // What is written out is meant rather than what a variable takes in.
    const [best] = fitting.map(({ route }) => variablesIn(route.segments)).sort((a, b) => a - b);
    return fitting.filter(({ route }) => variablesIn(route.segments) === best);
  }
}

type Segments = BoundRoute['route']['segments'];

const variablesIn = (segments: Segments) => segments.filter((segment) => 'variable' in segment).length;

const fits = (segments: Segments, parts: readonly string[]): boolean =>
  segments.length === parts.length &&
  segments.every((segment, index) => ('variable' in segment ? parts[index] !== '' : segment.text === parts[index]));

function decoded(path: string): string[] | undefined {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
