import { CodedError, type Component } from '@tributary/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, onRequestHookHandler } from 'fastify';
import { Agent } from 'undici';
import type { PassthroughRoute } from '../config/passthrough-config.ts';
import { type ForwardLimits, forward } from './forward.ts';
import { PendingRequests } from './pending-requests.ts';

export interface PassthroughOptions extends ForwardLimits {
  routes: readonly PassthroughRoute[];
  /** A service's base URL; asked at each request, since a supergraph may change. */
  serviceUrl(service: string): string | undefined;
  /** To each service. */
  connections: number;
  /** What a request is refused with to whose service too many are pending. */
  turnAway(request: FastifyRequest, reply: FastifyReply): CodedError;
  /** May refuse a request of which only the headers are there. */
  beforeBody: readonly onRequestHookHandler[];
}

const CONNECT_TIMEOUT_MS = 1000;
/** As many as there are connections may wait for one: more would only wait until their deadline. */
const PENDING_PER_CONNECTION = 2;
const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The routes that are not GraphQL and belong to services: `passthrough[]` of the configuration, and nothing else. */
export function addPassthroughRoutes(app: FastifyInstance, options: PassthroughOptions): Component {
  const dispatcher = new Agent({
    connections: options.connections,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const pending = new PendingRequests(PENDING_PER_CONNECTION * options.connections);
  app.register(async (scope) => {
    // Bodies are streamed, whatever they are.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    for (const { path, methods, service, url } of options.routes) {
      const allowed: HTTPMethods[] = methods.includes('GET') ? ['HEAD', ...methods] : [...methods];
      scope.route({
        method: allowed,
        url: path,
        onRequest: [...options.beforeBody],
        handler(request, reply) {
          const baseUrl = url ?? options.serviceUrl(service ?? '');
          if (baseUrl === undefined) throw new CodedError('SERVICE_UNAVAILABLE');
          if (!pending.enter(new URL(baseUrl).origin, reply.raw)) throw options.turnAway(request, reply);
          return forward(dispatcher, baseUrl, options, request, reply);
        },
      });
      scope.route({
        method: METHODS.filter((method) => !allowed.includes(method)),
        url: path,
        handler(_request, reply) {
          reply.header('allow', allowed.join(', '));
          throw new CodedError('METHOD_NOT_ALLOWED');
        },
      });
    }
  });
  return { name: 'passthrough', stop: () => dispatcher.close() };
}
