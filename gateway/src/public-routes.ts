import type { Component } from '@tributary/service-kit';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from './config/gateway-config.ts';
import { CostControl } from './cost/cost-control.ts';
import { namesIn, namesOfBoth } from './documents/known-names.ts';
import { readDocuments } from './documents/read-documents.ts';
import type { Observability } from './engine/build-gateway.ts';
import type { TributaryGateway } from './engine/tributary-gateway.ts';
import { createAccessTokenVerifier } from './identity/access-token-verifier.ts';
import { fromHeader, fromHeaderOrCookie } from './identity/credentials.ts';
import { Door } from './overload/door.ts';
import { refuseAtDoor } from './overload/refuse-at-door.ts';
import { Shedding } from './overload/shedding.ts';
import { showDoorLimit } from './overload/show-door-limit.ts';
import { addPageRoutes } from './pages/page-routes.ts';
import { addPassthroughRoutes } from './passthrough/passthrough-routes.ts';
import type { PersistedDocuments } from './persisted-documents/persisted-documents.ts';
import { graphqlPipeline } from './pipeline/graphql-pipeline.ts';
import { addGraphqlRoutes } from './pipeline/graphql-routes.ts';
import type { LimitRateParts } from './pipeline/steps/limit-rate.ts';
import type { UsageRecorder } from './usage/usage-recorder.ts';

/** Everything that the public port answers: GraphQL, pages, and what belongs to services. */
export function addPublicRoutes(
  app: FastifyInstance,
  config: GatewayConfig,
  gateway: TributaryGateway,
  observability: Observability,
  usage: UsageRecorder | undefined,
  persistedDocuments: PersistedDocuments,
  rateLimit: LimitRateParts | undefined,
): Component {
  const { introspection, limits, subgraphRequest } = config;
  const corsOrigins = config.cors.origins;
  const { cookie } = config.identity;
  const documents = config.home.documents === undefined ? [] : readDocuments(config.home.documents);
  const shedding = new Shedding(observability.metrics);
  const door = config.overload.enabled ? doorOf(config) : undefined;
  if (door !== undefined) showDoorLimit(door, observability.metrics);
  const handler = graphqlPipeline({
    engine: gateway.engine,
    verifier: createAccessTokenVerifier(config.identity.issuers, observability),
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
    knownNames: namesOfBoth(namesIn(documents), persistedDocuments),
    batching: config.batching,
    persistedDocuments,
    usage,
    ...observability,
  });
  addGraphqlRoutes(
    app,
    handler,
    corsOrigins,
    door === undefined ? [] : [refuseAtDoor(door, shedding)],
    cookie !== undefined,
  );
  addPageRoutes(app, { home: config.home, introspection, corsOrigins, documents });
  return addPassthroughRoutes(app, {
    routes: config.passthrough,
    serviceUrl: (service) => originOf(gateway.subgraphUrls.get(service)),
    connections: subgraphRequest.connections,
    deadlineMs: config.deadline,
    bodyLimitBytes: config.server.bodyLimit,
    maxResponseBytes: subgraphRequest.maxResponse,
  });
}

/** What waits for half of its time has too little left to be answered in. */
const doorOf = ({ overload, deadline }: GatewayConfig) => new Door({ ...overload.requests, maxWaitMs: deadline / 2 });

const originOf = (url: string | undefined) => (url === undefined ? undefined : new URL(url).origin);
