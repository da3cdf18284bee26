import type { Component } from '@tributary/service-kit';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from './config/gateway-config.ts';
import { CostControl } from './cost/cost-control.ts';
import { namesIn, namesOfBoth } from './documents/known-names.ts';
import { readDocuments } from './documents/read-documents.ts';
import type { Observability } from './engine/build-gateway.ts';
import type { TributaryGateway } from './engine/tributary-gateway.ts';
import { corsOriginsOf } from './http/cors-origins.ts';
import { createAccessTokenVerifier } from './identity/access-token-verifier.ts';
import { fromHeader, fromHeaderOrCookie } from './identity/credentials.ts';
import type { ServedLines } from './lines/served-lines.ts';
import type { MemoryShares } from './memory/memory-shares.ts';
import type { Door } from './overload/door.ts';
import { refuseAtDoor } from './overload/refuse-at-door.ts';
import { Shedding } from './overload/shedding.ts';
import { addPageRoutes } from './pages/page-routes.ts';
import { addPassthroughRoutes } from './passthrough/passthrough-routes.ts';
import type { PersistedDocuments } from './persisted-documents/persisted-documents.ts';
import { graphqlPipeline } from './pipeline/graphql-pipeline.ts';
import { addGraphqlRoutes } from './pipeline/graphql-routes.ts';
import { limitPassthrough } from './rate-limit/limit-passthrough.ts';
import type { LimitRateParts } from './rate-limit/limit-rate-parts.ts';
import { RestApi } from './rest/rest-api.ts';
import { namedRoutes, type restFolderOf } from './rest/rest-folder-of.ts';
import { addRestRoutes } from './rest/rest-routes.ts';
import type { LiveTransports } from './transports/live-transports.ts';
import { serveWebSockets } from './transports/websocket/serve-web-sockets.ts';
import type { UsageRecorder } from './usage/usage-recorder.ts';

export interface PublicRoutesParts {
  config: GatewayConfig;
  gateway: TributaryGateway;
  observability: Observability;
  /** Undefined where nothing is counted. */
  usage: UsageRecorder | undefined;
  persistedDocuments: PersistedDocuments;
  /** Undefined where the API has no version lines. */
  lines: ServedLines | undefined;
  /** Undefined where rates are not limited. */
  rateLimit: LimitRateParts | undefined;
  live: LiveTransports;
  /** Undefined where there is no REST API. */
  rest: ReturnType<typeof restFolderOf>;
  memory: MemoryShares;
  /** Undefined where all requests are let in. */
  door: Door | undefined;
}

/** Everything that the public port answers: GraphQL, REST, pages, and what belongs to services. */
export function addPublicRoutes(app: FastifyInstance, parts: PublicRoutesParts): Component {
  const { config, gateway, observability, usage, persistedDocuments, lines, rateLimit, live, rest, memory, door } =
    parts;
  const { introspection, limits, subgraphRequest } = config;
  const corsOrigins = corsOriginsOf(config);
  const { cookie } = config.identity;
  const documents = config.home.documents === undefined ? [] : readDocuments(config.home.documents);
  const shedding = new Shedding(observability.metrics);
  const { engine } = gateway;
  const verifier = createAccessTokenVerifier(config.identity.issuers, { ...observability, memoryBytes: memory.tokens });
  const beforeBody = door === undefined ? [] : [refuseAtDoor(door, shedding)];
  const pipeline = graphqlPipeline({
    ...live,
    ...{ engine, verifier },
    credentials: cookie === undefined ? fromHeader : fromHeaderOrCookie(cookie.name, corsOrigins),
    introspection,
    limits,
    costs: config.cost.mode === 'off' ? undefined : new CostControl(config.cost, observability.metrics),
    corsOrigins,
    rateLimit,
    bodyLimitBytes: config.server.bodyLimit,
    cookieName: cookie?.name,
    compressAnswers: config.compression.answers,
    door,
    shedding,
    deadlineMs: config.deadline,
    slowOperationMs: config.slowOperation,
    knownNames: namesOfBoth(namesIn([...documents, ...namedRoutes(rest)]), persistedDocuments),
    batching: config.batching,
    incremental: config.incrementalDelivery.enabled,
    persistedDocuments,
    lines,
    usage,
    ...observability,
  });
  const takesCookies = cookie !== undefined;
  const paths = lines === undefined ? ['/graphql'] : ['/graphql', '/v:major(^\\d+$)/graphql'];
  addGraphqlRoutes(app, paths, pipeline, { corsOrigins, beforeBody, takesCookies });
  if (config.subscriptions.enabled) {
    serveWebSockets(app, {
      ...live,
      ...{ pipeline, engine, verifier, door, shedding, ...observability },
      ...{ origins: corsOrigins, cookieName: cookie?.name, hasLines: lines !== undefined },
      bodyLimitBytes: config.server.bodyLimit,
      maxOperations: config.subscriptions.perConnection,
      initWaitMs: config.subscriptions.initWait,
      slowAfterMs: config.subscriptions.slowAfter,
    });
  }
  if (rest !== undefined) {
    addRestRoutes(app, {
      ...{ api: new RestApi(rest, observability.log), engine, pipeline, lines, beforeBody, corsOrigins },
      takesCookies,
      compressAnswers: config.compression.answers,
      log: observability.log,
    });
  }
  addPageRoutes(app, {
    ...{ home: config.home, introspection, corsOrigins, documents },
    rest: rest !== undefined,
    lines: () => lines?.current.all ?? [],
  });
  return addPassthroughRoutes(app, {
    routes: config.passthrough,
    serviceUrl: (service) => originOf(gateway.subgraphUrls.get(service)),
    connections: subgraphRequest.connections,
    turnAway: (request, reply) => shedding.refuse(request, reply, 'passthrough', 'unread'),
    beforeBody: rateLimit === undefined ? [] : [limitPassthrough(rateLimit)],
    deadlineMs: config.deadline,
    bodyLimitBytes: config.server.bodyLimit,
    maxResponseBytes: subgraphRequest.maxResponse,
  });
}

const originOf = (url: string | undefined) => (url === undefined ? undefined : new URL(url).origin);
