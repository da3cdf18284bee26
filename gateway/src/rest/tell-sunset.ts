import { type BoundRoute, sunsetOf } from '@tributary/rest';
import type { FastifyReply } from 'fastify';
import { addLink } from '../http/add-link.ts';
import { explainedAt } from '../lines/line-headers.ts';
import type { Exchange } from '../pipeline/exchange.ts';

/**
 * Says of a route that goes with a root field which is deprecated when it may: `Sunset` (RFC 8594), where that is before
 * its version's, and links to where it is explained. Since when it is deprecated no schema says: there is no `Deprecation`
 * (RFC 9745), which is a date.
 *
 * @param documentation see `ServedLines`; undefined where the API has no version lines
 */
export function tellSunset(
  reply: FastifyReply,
  bound: BoundRoute,
  { view, line }: Pick<Exchange, 'view' | 'line'>,
  documentation: string | undefined,
): void {
  if (bound.deprecated.length === 0) return;
  const { deprecations } = view.candidate;
  const day = sunsetOf(bound, (coordinate) => deprecations.get(coordinate)?.sunset);
  const isLineEnding = line?.state === 'deprecated';
  const lineDay = isLineEnding ? line.sunsetAt : undefined;
  if (day !== undefined && (lineDay === undefined || day < lineDay))
    reply.header('sunset', new Date(day).toUTCString());
  // A version that ends has said where.
  if (documentation === undefined || isLineEnding) return;
  addLink(reply, explainedAt(documentation, 'deprecation'));
  if (day !== undefined) addLink(reply, explainedAt(documentation, 'sunset'));
}
