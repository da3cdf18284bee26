import { problem } from '@tributary/rest';
import { asCodedError, CodedError, type Logger, tellRefusal } from '@tributary/service-kit';
import type { VersionLine } from '@tributary/service-kit/sdl';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine/engine.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import { type PublicScope, preparePublicScope } from '../http/public-scope.ts';
import { findLine } from '../lines/find-line.ts';
import { refuseRetired } from '../lines/line-of-request.ts';
import { lineView } from '../lines/line-view.ts';
import type { ServedLines } from '../lines/served-lines.ts';
import { Exchange } from '../pipeline/exchange.ts';
import type { GraphqlPipeline } from '../pipeline/graphql-pipeline.ts';
import { chargeBeforeBody } from '../rate-limit/charge-before-body.ts';
import { answerRoute, sendProblem } from './answer-route.ts';
import { allowOf, type FoundRoute, findRoute } from './find-route.ts';
import { refuseOtherMajor } from './refuse-other-major.ts';
import type { RestApi } from './rest-api.ts';

export interface RestRoutesParts extends PublicScope {
  api: RestApi;
  engine: Engine;
  pipeline: GraphqlPipeline;
  /** Undefined where the API has no version lines. */
  lines: ServedLines | undefined;
  compressAnswers: boolean;
  log: Logger;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** `/v{n}/…`, as the documents of the folder say, and `/v{n}/openapi.json` of it (docs/rest.md). */
export function addRestRoutes(app: FastifyInstance, parts: RestRoutesParts): void {
  const { api, engine, pipeline, compressAnswers } = parts;
  app.register(async (scope) => {
    preparePublicScope(scope, parts, METHODS);
    if (pipeline.chargeAddress !== undefined) {
      const refuseUnread = chargeBeforeBody(pipeline.chargeAddress, ({ addressCharged }, _reply, done) =>
        done(addressCharged?.refusal),
      );
      scope.addHook('onRequest', refuseUnread);
    }
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

/** What no step has refused: a body that is too long, say. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const coded = asCodedError(error);
  if (coded.code === 'INTERNAL_SERVER_ERROR') log.error({ request_id: request.id, err: error }, 'request failed');
  tellRefusal(request.accessFields, coded);
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
    refuseOtherMajor(major);
    return { view: generation, line: undefined };
  }
  const { line, table } = findLine(lines, request, reply, `/${rest}`);
  refuseRetired(line);
  return { view: await lineView(generation, line, table), line };
}
