import type { FastifyInstance } from 'fastify';

const REQUEST_HEADERS = [
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'authorization',
  'canary',
  'content-type',
  'idempotency-key',
  'traceparent',
  'x-api-version',
  'x-request-id',
];
const RESPONSE_HEADERS = ['deprecation', 'link', 'retry-after', 'sunset', 'x-request-id'];
const PREFLIGHT_SECONDS = 3600;

/**
 * CORS for the routes of `app`: scripts of the listed sites may use them. Without credentials: who somebody is stands
 * in `authorization`, never in a cookie.
 */
export function addCors(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('vary', 'origin');
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) {
      reply.header('access-control-allow-origin', origin);
      reply.header('access-control-expose-headers', RESPONSE_HEADERS.join(', '));
      if (request.method === 'OPTIONS') {
        reply.header('access-control-allow-methods', 'GET, POST');
        reply.header('access-control-allow-headers', REQUEST_HEADERS.join(', '));
        reply.header('access-control-max-age', PREFLIGHT_SECONDS);
      }
    }
    done();
  });
}
