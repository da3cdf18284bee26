import { problem } from '@tributary/rest';
import { asCodedError, CodedError, type Logger } from '@tributary/service-kit';
import type { VersionLine } from '@tributary/service-kit/sdl';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Engine } from '../engine/engine.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import { addCors } from '../http/cors.ts';
import { setLineHeaders } from '../lines/line-headers.ts';
import { lineOfRequest, refuseRetired } from '../lines/line-of-request.ts';
import { lineView } from '../lines/line-view.ts';
import type { ServedLines } from '../lines/served-lines.ts';
import { Exchange } from '../pipeline/exchange.ts';
import type { GraphqlPipeline } from '../pipeline/graphql-pipeline.ts';
import { answerRoute, sendProblem } from './answer-route.ts';
import { allowOf, type FoundRoute, findRoute } from './find-route.ts';
import type { RestApi } from './rest-api.ts';

export interface RestRoutesParts {
  api: RestApi;
  engine: Engine;
  pipeline: GraphqlPipeline;
  /** Undefined where the API has no version lines. */
  lines: ServedLines | undefined;
  corsOrigins: readonly string[];
  takesCookies: boolean;
  compressAnswers: boolean;
  /** May refuse a request of which only the headers are there. */
  beforeBody: readonly onRequestHookHandler[];
  log: Logger;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** `/v{n}/…`, as the documents of the folder say, and `/v{n}/openapi.json` of it (docs/rest.md). */
export function addRestRoutes(app: FastifyInstance, parts: RestRoutesParts): void {
  const { api, engine, pipeline, corsOrigins, compressAnswers } = parts;
  app.register(async (scope) => {
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('cross-origin-resource-policy', 'same-origin');
      done();
    });
    addCors(scope, corsOrigins, parts.takesCookies, METHODS);
    for (const hook of parts.beforeBody) scope.addHook('onRequest', hook);
    scope.decorateRequest('addressCharged');
    if (pipeline.chargeAddress !== undefined) scope.addHook('onRequest', refuseOverRate(pipeline.chargeAddress));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => refuse(error, request, reply, parts.log));
    scope.get('/v:major(^\\d+$)/openapi.json', (request, reply) => describe(request, reply, parts));
    scope.options('/v:major(^\\d+$)/*', async (request, reply) => {
      const { view, line } = await versionOf(request, reply, parts);
      const { '*': rest } = request.params as { '*': string };
      const methods = api.table(view, line).methodsAt(`/${rest}`);
      if (methods.length === 0) throw new CodedError('NOT_FOUND');
      return reply.code(204).header('allow', allowOf(methods)).send();
    });
    scope.route({
      method: [...METHODS],
      url: '/v:major(^\\d+$)/*',
      async handler(request, reply) {
        const exchange = new Exchange(request, reply, engine.current.enter());
        const found: FoundRoute = {};
        await pipeline.answerRoute(exchange, findRoute(api, request, found));
        return answerRoute(exchange, found, reply, compressAnswers);
      },
    });
  });
}

/** What is over its rate is not read. */
const refuseOverRate =
  (charge: NonNullable<GraphqlPipeline['chargeAddress']>): onRequestHookHandler =>
  (request, reply, done) => {
    const goOn = () => done(request.addressCharged?.refusal);
    const pending = charge(request, reply);
    if (pending === undefined) goOn();
    else pending.then(goOn, done);
  };

/** What no step has refused: a body that is too long, say. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const coded = asCodedError(error);
  if (coded.code === 'INTERNAL_SERVER_ERROR') log.error({ request_id: request.id, err: error }, 'request failed');
  request.accessFields.code = coded.code;
  return sendProblem(reply, problem(coded.status, coded.code, coded.message, request.id));
}

const VERSIONS = ['3.0', '3.1'] as const;

/** The OpenAPI document of a version of the API: 3.1, or with `?version=3.0` the older. */
async function describe(request: FastifyRequest, reply: FastifyReply, parts: RestRoutesParts): Promise<FastifyReply> {
  const { version = '3.1' } = request.query as { version?: string };
  const wanted = VERSIONS.find((one) => one === version);
  if (wanted === undefined) throw new CodedError('BAD_USER_INPUT', `version is one of ${VERSIONS.join(', ')}.`);
  const { view, line } = await versionOf(request, reply, parts);
  const text = parts.api.description(view, line, wanted);
  return reply.header('cache-control', 'public, max-age=60').type('application/json; charset=utf-8').send(text);
}

/** @throws CodedError for a version that is not there, or no longer */
async function versionOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { engine, lines }: RestRoutesParts,
): Promise<{ view: SchemaView; line: VersionLine | undefined }> {
  const { major, '*': rest = 'openapi.json' } = request.params as { major: string; '*'?: string };
  const generation = engine.current;
  if (lines === undefined) {
    if (major !== '1') throw new CodedError('UNKNOWN_API_VERSION');
    return { view: generation, line: undefined };
  }
  const { current, documentation } = lines;
  const line = lineOfRequest(current, major, undefined);
  setLineHeaders(reply, line, { lines: current, documentation }, `/${rest}`);
  refuseRetired(line);
  return { view: await lineView(generation, line, current), line };
}
