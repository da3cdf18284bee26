import type { FastifyInstance } from 'fastify';
import { addVary } from './vary.ts';

const REQUEST_HEADERS = [
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'authorization',
  'canary',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'last-event-id',
  'traceparent',
  'x-api-version',
  'x-apollo-operation-name',
  'x-graphql-cost',
  'x-graphql-deprecations',
  'x-request-id',
];
const RESPONSE_HEADERS = [
  'allow',
  'deprecation',
  'etag',
  'link',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'sunset',
  'www-authenticate',
  'x-request-id',
];
const PREFLIGHT_SECONDS = 3600;

/** What scripts of the listed sites may send, beside what every scope takes. */
export interface CorsRequests {
  /** Default: GET and POST. */
  readonly methods?: readonly string[];
  /** Names of headers, in lower case. Default: none */
  readonly headers?: readonly string[];
}

/**
 * CORS for the routes of `app`: scripts of the listed sites may use them. With credentials only where the access token
 * may stand in a cookie; else who somebody is stands in `authorization`.
 *
 * A preflight is answered here, with success whatever it is for, and costs no more: of any other answer a browser tells
 * its script nothing (Fetch, "CORS-preflight fetch"), not even that the request would have had 410 or 429.
 */
export function addCors(
  app: FastifyInstance,
  origins: readonly string[],
  withCredentials: boolean,
  { methods = ['GET', 'POST'], headers = [] }: CorsRequests = {},
): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  const allowedMethods = methods.join(', ');
  const allowedHeaders = [...new Set([...REQUEST_HEADERS, ...headers])].join(', ');
  app.addHook('onRequest', (request, reply, done) => {
    addVary(reply, 'origin');
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) {
      reply.header('access-control-allow-origin', origin);
      if (withCredentials) reply.header('access-control-allow-credentials', 'true');
      reply.header('access-control-expose-headers', RESPONSE_HEADERS.join(', '));
      if (request.method === 'OPTIONS') {
        reply.header('access-control-allow-methods', allowedMethods);
        reply.header('access-control-allow-headers', allowedHeaders);
        reply.header('access-control-max-age', PREFLIGHT_SECONDS);
        if (request.headers['access-control-request-method'] !== undefined) {
          reply.code(204).send();
          return;
        }
      }
    }
    done();
  });
}
