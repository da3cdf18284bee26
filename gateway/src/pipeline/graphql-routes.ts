import { CodedError } from '@tributary/service-kit';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { acceptsHtml } from '../http/accept.ts';
import { type PublicScope, preparePublicScope } from '../http/public-scope.ts';
import type { GraphqlPipeline } from './graphql-pipeline.ts';

/** Parameters by which a request says its document. */
const DOCUMENT_PARAMETERS = ['query', 'documentId', 'extensions'];

/**
 * `GET` and `POST` of `/graphql` and its versions, and 405 for all else. A person who opens it in a browser gets the start
 * page.
 */
export function addGraphqlRoutes(
  app: FastifyInstance,
  paths: readonly string[],
  pipeline: Pick<GraphqlPipeline, 'handle' | 'beforeBody'>,
  options: PublicScope,
): void {
  app.register(async (scope) => {
    preparePublicScope(scope, options);
    for (const path of paths) addMethods(scope, path, pipeline);
  });
}

function addMethods(
  scope: FastifyInstance,
  path: string,
  { handle, beforeBody }: Pick<GraphqlPipeline, 'handle' | 'beforeBody'>,
): void {
  const limited: onRequestHookHandler = function (request, reply, done) {
    if (beforeBody === undefined || isVisit(request)) done();
    else beforeBody.call(this, request, reply, done);
  };
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
