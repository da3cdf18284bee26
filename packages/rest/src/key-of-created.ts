import type { BoundRoute } from './bind-route.ts';
import { isRead, type PathSegment } from './rest-route.ts';

/**
 * By which key of an answer what a route has made is read: `id` of `POST /orders`, where there is `GET /orders/{id}`.
 * Undefined where there is no such route.
 */
export function keyOfCreated({ route }: BoundRoute, routes: readonly BoundRoute[]): string | undefined {
  const { segments } = route;
  for (const other of routes) {
    const last = other.route.segments.at(segments.length);
    if (!isRead(other.route) || other.route.segments.length !== segments.length + 1) continue;
    if (last === undefined || !('variable' in last)) continue;
    if (segments.every((segment, index) => isSame(segment, other.route.segments[index]))) return last.variable;
  }
  return undefined;
}

/** What a variable is called is of no matter. */
const isSame = (one: PathSegment, other: PathSegment | undefined): boolean =>
  other !== undefined && ('text' in one ? 'text' in other && one.text === other.text : 'variable' in other);
