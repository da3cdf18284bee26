import type { Component } from '@tributary/service-kit';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from './config/gateway-config.ts';
import { namesIn } from './documents/known-names.ts';
import { readDocuments } from './documents/read-documents.ts';
import type { Observability } from './engine/build-gateway.ts';
import type { TributaryGateway } from './engine/tributary-gateway.ts';
import { createAccessTokenVerifier } from './identity/access-token-verifier.ts';
import { addPageRoutes } from './pages/page-routes.ts';
import { addPassthroughRoutes } from './passthrough/passthrough-routes.ts';
import { graphqlPipeline } from './pipeline/graphql-pipeline.ts';
import { addGraphqlRoutes } from './pipeline/graphql-routes.ts';
import type { UsageRecorder } from './usage/usage-recorder.ts';

/** Everything that the public port answers: GraphQL, pages, and what belongs to services. */
export function addPublicRoutes(
  app: FastifyInstance,
  config: GatewayConfig,
  gateway: TributaryGateway,
  observability: Observability,
  usage: UsageRecorder | undefined,
): Component {
  const { introspection, subgraphRequest } = config;
  const corsOrigins = config.cors.origins;
  const documents = config.home.documents === undefined ? [] : readDocuments(config.home.documents);
  const handler = graphqlPipeline({
    engine: gateway.engine,
    verifier: createAccessTokenVerifier(config.identity.issuers, observability),
    introspection,
    corsOrigins,
    deadlineMs: config.deadline,
    slowOperationMs: config.slowOperation,
    knownNames: namesIn(documents),
    usage,
    ...observability,
  });
  addGraphqlRoutes(app, handler, corsOrigins);
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

const originOf = (url: string | undefined) => (url === undefined ? undefined : new URL(url).origin);
