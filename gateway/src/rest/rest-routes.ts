import { CodedError, type Logger } from '@tributary/service-kit';
import type { VersionLine } from '@tributary/service-kit/sdl';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine/engine.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import { type PublicScope, preparePublicScope } from '../http/public-scope.ts';
import { findLine } from '../lines/find-line.ts';
import type { IsThere } from '../lines/line-headers.ts';
import { refuseRetired } from '../lines/line-of-request.ts';
import { pathBelowLine } from '../lines/path-below-line.ts';
import type { ServedLines } from '../lines/served-lines.ts';
import { chargeBeforeBody } from '../pipeline/charge-before-body.ts';
import { Exchange } from '../pipeline/exchange.ts';
import type { GraphqlPipeline } from '../pipeline/graphql-pipeline.ts';
import { lineView } from '../pipeline/line-view.ts';
import { chooseLine } from '../pipeline/steps/choose-line.ts';
import { answerRoute } from './answer-route.ts';
import { allowOf, type FoundRoute, findRoute, NOT_ALLOWED } from './find-route.ts';
import { refuseOtherMajor } from './refuse-other-major.ts';
import type { RestApi } from './rest-api.ts';
import { sendRefusal } from './send-refusal.ts';
import { tellSunset } from './tell-sunset.ts';

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
  const { api, engine, pipeline, lines, compressAnswers } = parts;
  const choose = lines && chooseLine(lines, isThere(parts));
  app.register(async (scope) => {
    preparePublicScope(scope, parts, { methods: METHODS, headers: api.headers });
    if (pipeline.chargeAddress !== undefined) {
      const refuseUnread = chargeBeforeBody(pipeline.chargeAddress, ({ addressCharged }, _reply, done) =>
        done(addressCharged?.refusal),
      );
      scope.addHook('onRequest', refuseUnread);
    }
    scope.setErrorHandler((error, request, reply) => sendRefusal(error, request, reply, parts.log));
    addDescription(scope, parts);
    scope.options(ROUTES, async (request, reply) => {
      const { view, line } = await versionOf(request, reply, parts);
      const methods = api.table(view, line).methodsAt(pathBelowLine(request.raw.url));
      if (methods.length === 0) throw new CodedError('NOT_FOUND');
      return reply.code(204).header('allow', allowOf(methods)).send();
    });
    scope.route({
      method: [...METHODS],
      url: ROUTES,
      async handler(request, reply) {
        const exchange = new Exchange(request, reply, engine.current.enter());
        const found: FoundRoute = {};
        await pipeline.answerRoute(exchange, choose, findRoute(api, request, found));
        if (found.bound !== undefined) tellSunset(reply, found.bound, exchange, lines?.documentation);
        return answerRoute(exchange, found, reply, compressAnswers);
      },
    });
  });
}

const ROUTES = '/v:major(^\\d+$)/*';
const DESCRIPTION = '/v:major(^\\d+$)/openapi.json';

function addDescription(scope: FastifyInstance, parts: RestRoutesParts): void {
  scope.get(DESCRIPTION, (request, reply) => describe(request, reply, parts));
  scope.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: DESCRIPTION,
    async handler(request, reply) {
      await versionOf(request, reply, parts);
      reply.header('allow', allowOf(['GET']));
      if (request.method === 'OPTIONS') return reply.code(204).send();
      throw new CodedError('METHOD_NOT_ALLOWED', NOT_ALLOWED);
    },
  });
}

/** Whether there is something at a path of a version, which is not retired. */
const isThere =
  ({ api, engine }: RestRoutesParts): IsThere =>
  (line, path) => {
    if (path === '/openapi.json') return true;
    const view = engine.current.view(line.major);
    return view !== undefined && api.table(view, line).methodsAt(path).length > 0;
  };

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
  parts: RestRoutesParts,
): Promise<{ view: SchemaView; line: VersionLine | undefined }> {
  const { engine, lines } = parts;
  const generation = engine.current;
  if (lines === undefined) {
    refuseOtherMajor((request.params as { major: string }).major);
    return { view: generation, line: undefined };
  }
  const { line, table } = findLine(lines, request, reply, isThere(parts));
  refuseRetired(line);
  return { view: await lineView(generation, line, table), line };
}
