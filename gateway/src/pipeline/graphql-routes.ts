import { CodedError } from '@tributary/service-kit';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { acceptsHtml } from '../http/accept.ts';
import { addCors } from '../http/cors.ts';
import type { GraphqlPipeline } from './graphql-pipeline.ts';

/** Parameters by which a request says its document. */
const DOCUMENT_PARAMETERS = ['query', 'documentId', 'extensions'];

/**
 * `GET` and `POST` of `/graphql` and its versions, with CORS, and 405 for all else. A person who opens it in a browser gets the start page.
 *
 * @param beforeBody may refuse a request of which only the headers are there
 */
export function addGraphqlRoutes(
  app: FastifyInstance,
  paths: readonly string[],
  pipeline: Pick<GraphqlPipeline, 'handle' | 'beforeBody'>,
  corsOrigins: readonly string[],
  beforeBody: readonly onRequestHookHandler[],
  takesCookies: boolean,
): void {
  app.register(async (scope) => {
    scope.addHook('onRequest', (_request, reply, done) => {
      // CORS lets scripts of listed sites in; no other site loads an answer as an image or a script.
      reply.header('cross-origin-resource-policy', 'same-origin');
      done();
    });
    addCors(scope, corsOrigins, takesCookies);
    for (const hook of beforeBody) scope.addHook('onRequest', hook);
    // The pipeline reads bodies itself, strictly, and decides which media types there are.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.decorateRequest('addressCharged');
    for (const path of paths) addMethods(scope, path, pipeline);
  });
}

function addMethods(
  scope: FastifyInstance,
  path: string,
  { handle, beforeBody }: Pick<GraphqlPipeline, 'handle' | 'beforeBody'>,
): void {
  const limited: onRequestHookHandler = (request, reply, done) =>
    beforeBody === undefined || isVisit(request) ? done() : beforeBody(request, reply, done);
  scope.post(path, { onRequest: limited }, handle);
  scope.get(path, { onRequest: limited, exposeHeadRoute: false }, (request, reply) =>
    isVisit(request) ? reply.redirect('/') : handle(request, reply),
  );
  scope.options(path, (_request, reply) => reply.code(204).header('allow', 'GET, POST').send());
  scope.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: path,
    handler(_request, reply) {
      reply.header('allow', 'GET, POST');
      throw new CodedError('METHOD_NOT_ALLOWED');
    },
  });
}

/** A person who opens it in a browser. */
const isVisit = ({ method, headers, query }: FastifyRequest): boolean =>
  method === 'GET' && acceptsHtml(headers.accept) && !namesDocument(query as object);

const namesDocument = (query: object): boolean => DOCUMENT_PARAMETERS.some((name) => Object.hasOwn(query, name));
