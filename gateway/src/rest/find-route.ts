import { isUtf8 } from 'node:buffer';
import { type BoundRoute, isRead, type RouteTable, readVariables } from '@tributary/rest';
import { CodedError } from '@tributary/service-kit';
import type { FastifyRequest } from 'fastify';
import { acceptsType } from '../http/accept.ts';
import { pathBelowLine } from '../lines/path-below-line.ts';
import type { Exchange, Step } from '../pipeline/exchange.ts';
import { InvalidInput } from './invalid-input.ts';
import { refuseOtherMajor } from './refuse-other-major.ts';
import type { RestApi } from './rest-api.ts';

/** What a request turned out to be for. */
export interface FoundRoute {
  bound?: BoundRoute;
  /** All routes of the version. */
  table?: RouteTable;
}

/**
 * Which route a request is for, in the version that it asked for, and the variables that it gives: from here on it goes
 * the way of every operation. Its document is trusted, as an operator has put it there.
 */
export const findRoute =
  (api: RestApi, { params, query, body }: Pick<FastifyRequest, 'params' | 'query' | 'body'>, found: FoundRoute): Step =>
  (exchange) => {
    const { request, reply, view, line } = exchange;
    if (!acceptsType(request.headers.accept, 'application/json')) throw new CodedError('NOT_ACCEPTABLE', NOT_JSON);
    const { major } = params as { major: string };
    if (line === undefined) refuseOtherMajor(major);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const table = api.table(view, line);
    const match = table.find(method, pathBelowLine(request.raw.url));
    if (match === undefined) throw new CodedError('NOT_FOUND');
    if ('allowed' in match) {
      reply.header('allow', allowOf(match.allowed));
      throw new CodedError('METHOD_NOT_ALLOWED', NOT_ALLOWED);
    }
    const { bound, path } = match;
    request.route = `/v${major}${bound.route.path}`;
    found.bound = bound;
    found.table = table;
    const input = {
      path,
      query: query as Record<string, string | readonly string[]>,
      headers: request.headers,
      body: isRead(bound.route) ? undefined : jsonIn(exchange.request.body ?? body),
    };
    const read = readVariables(bound, input);
    if ('issues' in read) throw new InvalidInput(read.issues);
    take(exchange, bound, read.variables);
  };

/** The catalogue's message speaks of mutations. */
export const NOT_ALLOWED = 'This method is not allowed here.';

const NOT_JSON = 'Accept `application/json`.';

export const allowOf = (methods: readonly string[]): string =>
  [...methods.toSorted(), ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');

function jsonIn(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  if (!isUtf8(body)) throw new CodedError('BAD_REQUEST', 'The body is not UTF-8.');
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new CodedError('BAD_REQUEST', 'The body is not JSON.');
  }
}

function take(exchange: Exchange, { route }: BoundRoute, variables: Record<string, unknown>): void {
  exchange.params = {
    query: route.text,
    documentId: undefined,
    operationName: undefined,
    variables,
    lastEventId: undefined,
  };
  exchange.isKnownDocument = true;
}
