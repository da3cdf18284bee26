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
  'deprecation',
  'etag',
  'link',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'sunset',
  'x-request-id',
];
const PREFLIGHT_SECONDS = 3600;

/**
 * CORS for the routes of `app`: scripts of the listed sites may use them. With credentials only where the access token
 * may stand in a cookie; else who somebody is stands in `authorization`.
 */
export function addCors(
  app: FastifyInstance,
  origins: readonly string[],
  withCredentials: boolean,
  methods: readonly string[] = ['GET', 'POST'],
): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    addVary(reply, 'origin');
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) {
      reply.header('access-control-allow-origin', origin);
      if (withCredentials) reply.header('access-control-allow-credentials', 'true');
      reply.header('access-control-expose-headers', RESPONSE_HEADERS.join(', '));
      if (request.method === 'OPTIONS') {
        reply.header('access-control-allow-methods', methods.join(', '));
        reply.header('access-control-allow-headers', REQUEST_HEADERS.join(', '));
        reply.header('access-control-max-age', PREFLIGHT_SECONDS);
      }
    }
    done();
  });
}
