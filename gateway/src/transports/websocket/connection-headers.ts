import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';
import { isObject } from '../../is-object.ts';

/** What operations on a connection have for headers; nothing else of its opening is kept. */
const KEPT = [
  'apollographql-client-name',
  'apollographql-client-version',
  'canary',
  'x-api-version',
  'x-graphql-cost',
  'x-graphql-deprecations',
  'x-query-plan',
] as const;
const MAX_LENGTH = 256;

/**
 * Headers of the request that has opened the connection. An access token may stand in `authorization` or, where that is
 * configured, in a cookie. A browser sends cookies whoever opens the connection, and always says who does: one without an
 * `origin`, which was looked at before, does not count (ADR 36).
 */
export function headersOfOpening(headers: IncomingHttpHeaders, cookieName: string | undefined): IncomingHttpHeaders {
  const kept: IncomingHttpHeaders = {};
  for (const name of KEPT) keep(kept, name, headers[name]);
  const inCookie = cookieName && headers.origin && headers.cookie ? parseCookie(headers.cookie)[cookieName] : undefined;
  const authorization = headers.authorization ?? (inCookie ? `Bearer ${inCookie}` : undefined);
  if (authorization !== undefined) kept.authorization = authorization;
  return kept;
}

/**
 * The same with what `connection_init` says in its payload, at its top or in `headers`: browsers cannot send headers with
 * a WebSocket. Names are of any case.
 */
export function withConnectionParams(
  headers: IncomingHttpHeaders,
  payload: Readonly<Record<string, unknown>> | undefined,
): IncomingHttpHeaders {
  if (payload === undefined) return headers;
  const { headers: inside } = payload;
  const said = new Map(
    [...Object.entries(isObject(inside) ? inside : {}), ...Object.entries(payload)].map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const all = { ...headers };
  for (const name of KEPT) keep(all, name, said.get(name));
  const authorization = said.get('authorization');
  if (typeof authorization === 'string' && authorization !== '') all.authorization = authorization;
  return all;
}

function keep(headers: IncomingHttpHeaders, name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH) headers[name] = value;
}
