import { fileURLToPath } from 'node:url';
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
import { type Tracer, trace } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { z } from 'zod';
import { type ErrorCode, errorCatalogue } from '../errors/catalogue.ts';
import { CodedError } from '../errors/coded-error.ts';
import { codedErrorOf } from '../errors/coded-error-of.ts';
import { countryCodeScalar, currencyCodeScalar, dateTimeScalar } from '../graphql/scalars.ts';
import { withoutValue } from '../graphql/without-value.ts';
import { deadlineSignal } from '../http/deadline.ts';
import { hashedId } from '../identity/hashed-id.ts';
import type { Identity } from '../identity/identity.ts';
import type { ServiceIdentityVerifier } from '../identity/service-identity.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import { currentOperation } from '../log/operation-context.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { parseSdl } from '../sdl/parse-sdl.ts';
import { readSdlFolder } from '../sdl/read-sdl-folder.ts';
import { operationAttributes, operationName } from '../tracing/operation-attributes.ts';
import { readOperationBaggage } from '../tracing/operation-baggage.ts';
import { cacheHints } from './cache-hints.ts';
import { countOperations } from './count-operations.ts';
import type { RequestScope, Subgraph } from './define-subgraph.ts';
import { executionSpans } from './execution-spans.ts';
import { timeReferences } from './time-references.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
  }
}

export interface GraphqlEndpointOptions {
  app: FastifyInstance;
  /** The subgraph's, with `schema.graphql` and what that imports. */
  folder: URL;
  subgraph: Subgraph;
  verifier: ServiceIdentityVerifier;
  introspection: boolean;
  log: Logger;
  metrics: Metrics;
  /** Undefined: nothing is traced. */
  tracer: Tracer | undefined;
}

/** `POST /graphql` of a subgraph: nothing is parsed, `_service` and `_entities` included, before the caller is known. */
export function graphqlEndpoint(options: GraphqlEndpointOptions): Component {
  const { app, folder, subgraph, verifier, log, metrics } = options;
  const typeDefs = parseSdl(readSdlFolder(fileURLToPath(folder)));
  const spans = options.tracer && executionSpans(options.tracer);
  const resolvers = timeReferences(spans?.traced(subgraph.resolvers) ?? subgraph.resolvers, metrics);
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { ...scalarsOf(typeDefs), ...resolvers } as never }]);
  const hints = cacheHints(schema);
  const server = new ApolloServer<RequestScope>({
    schema,
    introspection: options.introspection,
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError: maskError,
    logger: log,
    plugins: [
      observe,
      countOperations(metrics),
      ...(spans === undefined ? [] : [spans.plugin]),
      ...(hints === undefined ? [] : [hints]),
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
          nameCaller(request);
        },
        async preHandler(request) {
          if (!graphqlRequest.safeParse(request.body).success) throw new CodedError('BAD_REQUEST');
        },
        handler: fastifyApolloHandler(server, {
          context: async (request: FastifyRequest, reply: FastifyReply) =>
            subgraph.context(scopeOf(request, deadlineSignal(request, reply), log)),
        }),
      });
    },
    stop: () => server.stop(),
  };
}

/**
 * Says in each line of the request whose operation it is. Only the gateway knows: what another service asks for, it asks
 * for itself, and what a stranger says is not even looked at.
 */
function nameCaller({ identity, headers, accessFields }: FastifyRequest): void {
  if (identity.kind === 'service') return;
  Object.assign(accessFields, readOperationBaggage(headers.baggage));
  if (identity.kind === 'user') accessFields.user = hashedId(identity.userId);
}

const object = z.record(z.string(), z.unknown());

/** GraphQL over HTTP, "Request parameters". Apollo Server would refuse the same, but without the request's id. */
const graphqlRequest = z.object({
  query: z.string().min(1),
  operationName: z.string().regex(/^\w+$/).nullish(),
  variables: object.nullish(),
  extensions: object.nullish(),
});

function scopeOf(request: FastifyRequest, signal: AbortSignal, log: Logger): RequestScope {
  return { identity: request.identity, requestId: request.id, log, signal };
}

/** Service-kit's scalars, as far as the schema declares them. */
function scalarsOf(typeDefs: DocumentNode): Record<string, unknown> {
  const declared = new Set(
    typeDefs.definitions.flatMap((node) => (node.kind === Kind.SCALAR_TYPE_DEFINITION ? [node.name.value] : [])),
  );
  const known = [dateTimeScalar, currencyCodeScalar, countryCodeScalar].filter((scalar) => declared.has(scalar.name));
  return Object.fromEntries(known.map((scalar) => [scalar.name, scalar]));
}

/** Where nobody has said whose operation it is a part of, it is one of its own. */
function nameOperation(operation: OperationDefinitionNode): void {
  const fields = currentOperation()?.fields;
  if (fields === undefined || fields.operation_type !== undefined) return;
  fields.operation = operationName(operation);
  fields.operation_type = operation.operation;
}

/** The code with which a caller sees an error, or undefined when it must not see what it says. */
function shownCode(error: unknown, code: unknown): ErrorCode | undefined {
  const coded = codedErrorOf(unwrapResolverError(error));
  if (coded !== undefined) return coded.code;
  const known = typeof code === 'string' && Object.hasOwn(errorCatalogue, code) && code !== 'INTERNAL_SERVER_ERROR';
  return known ? (code as ErrorCode) : undefined;
}

/** What a caller sees of an error: our own codes and the specification's refusals as they are, all else masked. */
function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const code = shownCode(error, formatted.extensions?.code);
  const told = codedErrorOf(unwrapResolverError(error))?.message ?? formatted.message;
  const message = code === undefined ? errorCatalogue.INTERNAL_SERVER_ERROR.message : withoutValue(told);
  const place = formatted.path === undefined ? {} : { path: formatted.path };
  return { message, ...place, extensions: { code: code ?? 'INTERNAL_SERVER_ERROR' } };
}

const noSubscriptions = () =>
  new GraphQLError('Subscriptions are answered by the gateway, which hears the events that this service publishes.', {
    extensions: { code: 'BAD_REQUEST' satisfies ErrorCode, http: { status: 400 } },
  });

/** Names the operation in the trace and in log lines, logs what is masked, and puts the request's id beside each code. */
const observe: ApolloServerPlugin<RequestScope> = {
  requestDidStart: async () => ({
    async didResolveOperation({ operation }) {
      if (operation !== undefined) {
        trace.getActiveSpan()?.setAttributes(operationAttributes(operation));
        nameOperation(operation);
      }
      // Apollo Server would answer it once, as a query.
      if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw noSubscriptions();
    },
    async didEncounterErrors({ errors, contextValue }) {
      for (const error of errors) {
        if (shownCode(error, error.extensions.code) !== undefined) continue;
        const path = error.path?.join('.');
        contextValue.log.error({ path, err: unwrapResolverError(error) }, 'resolver failed');
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
