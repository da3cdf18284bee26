import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type DocumentNode, type GraphQLFormattedError, Kind, parse } from 'graphql';
import { errorCatalogue } from '../errors/catalogue.ts';
import { CodedError } from '../errors/coded-error.ts';
import { countryCodeScalar, currencyCodeScalar, dateTimeScalar } from '../graphql/scalars.ts';
import { deadlineSignal } from '../http/deadline.ts';
import type { Identity } from '../identity/identity.ts';
import type { ServiceIdentityVerifier } from '../identity/service-identity.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import type { RequestScope, Subgraph } from './define-subgraph.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
  }
}

export interface GraphqlEndpointOptions {
  app: FastifyInstance;
  /** `schema.graphql` of the subgraph. */
  schemaFile: URL;
  subgraph: Subgraph;
  verifier: ServiceIdentityVerifier;
  introspection: boolean;
  log: Logger;
}

/** `POST /graphql` of a subgraph: nothing is parsed, `_service` and `_entities` included, before the caller is known. */
export function graphqlEndpoint(options: GraphqlEndpointOptions): Component {
  const { app, subgraph, verifier, log } = options;
  const typeDefs = parse(readFileSync(options.schemaFile, 'utf8'));
  const server = new ApolloServer<RequestScope>({
    schema: buildSubgraphSchema([{ typeDefs, resolvers: { ...scalarsOf(typeDefs), ...subgraph.resolvers } as never }]),
    introspection: options.introspection,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError: maskError,
    logger: log,
    plugins: [
      reportErrors,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });

  app.decorateRequest('identity');
  return {
    name: 'graphql',
    async start() {
      await server.start();
      app.route({
        method: 'POST',
        url: '/graphql',
        async onRequest(request) {
          request.identity = await verifier.verify(request.headers.authorization);
        },
        handler: fastifyApolloHandler(server, {
          context: async (request, reply) => subgraph.context(scopeOf(request, deadlineSignal(request, reply), log)),
        }),
      });
    },
    stop: () => server.stop(),
  };
}

function scopeOf(request: FastifyRequest, signal: AbortSignal, log: Logger): RequestScope {
  const requestId = request.id;
  return { identity: request.identity, requestId, log: log.child({ request_id: requestId }), signal };
}

/** Service-kit's scalars, as far as the schema declares them. */
function scalarsOf(typeDefs: DocumentNode): Record<string, unknown> {
  const declared = new Set(
    typeDefs.definitions.flatMap((node) => (node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [])),
  );
  const known = [dateTimeScalar, currencyCodeScalar, countryCodeScalar].filter((scalar) => declared.has(scalar.name));
  return Object.fromEntries(known.map((scalar) => [scalar.name, scalar]));
}

/** What a caller sees of an error: our own codes and the specification's refusals as they are, all else masked. */
function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const place = formatted.path === undefined ? {} : { path: formatted.path };
  const original = unwrapResolverError(error);
  if (original instanceof CodedError) {
    return { message: original.message, ...place, extensions: { code: original.code } };
  }
  const code = formatted.extensions?.code;
  if (typeof code === 'string' && code in errorCatalogue && code !== 'INTERNAL_SERVER_ERROR') {
    return { message: withoutValue(formatted.message), ...place, extensions: { code } };
  }
  return {
    message: errorCatalogue.INTERNAL_SERVER_ERROR.message,
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };
}

/** graphql-js quotes the whole variable that does not fit, passwords and all. */
const withoutValue = (message: string) =>
  message.replace(
    /^(Variable "\$\w+" got invalid value) .*$/s,
    '$1: it does not have the type that it is declared with.',
  );

/** Logs what is masked, and puts the request's id beside each code. */
const reportErrors: ApolloServerPlugin<RequestScope> = {
  requestDidStart: async () => ({
    async didEncounterErrors({ errors, contextValue, operationName }) {
      for (const error of errors) {
        const original = unwrapResolverError(error);
        if (original === error || original instanceof CodedError) continue;
        contextValue.log.error(
          { operation: operationName, path: error.path?.join('.'), err: original },
          'resolver failed',
        );
      }
    },
    async willSendResponse({ response, contextValue }) {
      if (response.body.kind !== 'single') return;
      const { errors } = response.body.singleResult;
      if (errors === undefined) return;
      response.body.singleResult.errors = errors.map((error) => ({
        ...error,
        extensions: { ...error.extensions, requestId: contextValue.requestId },
      }));
    },
  }),
};
