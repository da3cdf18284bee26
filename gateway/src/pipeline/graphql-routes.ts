import { CodedError } from '@tributary/service-kit';
import type { FastifyInstance } from 'fastify';
import { acceptsHtml } from '../http/accept.ts';
import { addCors } from '../http/cors.ts';
import type { GraphqlHandler } from './graphql-pipeline.ts';

/** `GET` and `POST /graphql`, with CORS, and 405 for all else. A person who opens it in a browser gets the start page. */
export function addGraphqlRoutes(app: FastifyInstance, handler: GraphqlHandler, corsOrigins: readonly string[]): void {
  app.register(async (scope) => {
    addCors(scope, corsOrigins);
    // The pipeline reads bodies itself, strictly, and decides which media types there are.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post('/graphql', handler);
    scope.get('/graphql', { exposeHeadRoute: false }, (request, reply) => {
      const isVisit = acceptsHtml(request.headers.accept) && !Object.hasOwn(request.query as object, 'query');
      return isVisit ? reply.redirect('/') : handler(request, reply);
    });
    scope.options('/graphql', (_request, reply) => reply.code(204).header('allow', 'GET, POST').send());
    scope.route({
      method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
      url: '/graphql',
      handler(_request, reply) {
        reply.header('allow', 'GET, POST');
        throw new CodedError('METHOD_NOT_ALLOWED');
      },
    });
  });
}
