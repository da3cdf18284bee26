import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import type { Tracer } from '@opentelemetry/api';
import { inSpan, type Logger } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import { type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { Engine } from '../../engine/engine.ts';
import { plainHeader } from '../../subgraphs/fetch-scope.ts';
import type { Exchange, Step } from '../exchange.ts';

export interface ExecuteParts {
  engine: Engine;
  deadlineMs: number;
  log: Logger;
  tracer: Tracer;
}

/** Hands the request to the engine, in the form that every `ApolloGateway` executor takes. */
export function execute({ engine, deadlineMs, log, tracer }: ExecuteParts): Step {
  return async (exchange) => {
    const { request, reply, identity, startedMs } = exchange;
    const operation = exchange.operation as OperationDefinitionNode;
    const context = requestContext(exchange, operation, log);
    engine.scopes.set(context, {
      requestId: request.id,
      identity,
      canary: plainHeader(request.headers.canary),
      deadlineMs: startedMs + deadlineMs,
      // What a mutation has begun it shall finish, whether or not somebody still listens.
      gone: operation.operation === OperationTypeNode.QUERY ? whenGone(reply) : undefined,
    });
    exchange.result = await inSpan(tracer, 'graphql.execute', {}, () => engine.execute(context));
  };
}

function requestContext(
  { params, document, variables, generation }: Exchange,
  operation: OperationDefinitionNode,
  log: Logger,
): GatewayGraphQLRequestContext {
  const operationName = operation.name?.value;
  return {
    request: {
      query: document.source,
      variables,
      ...(params.operationName === undefined ? {} : { operationName: params.operationName }),
    },
    logger: log,
    schema: generation.schema,
    schemaHash: generation.schemaHash,
    context: {},
    cache: NO_CACHE,
    queryHash: document.hash,
    document: document.document,
    source: document.source,
    operationName: operationName ?? null,
    operation,
    metrics: {},
    overallCachePolicy: undefined,
  };
}

/** The interface wants one; no executor of ours uses it. */
const NO_CACHE = { get: async () => undefined, set: async () => {}, delete: async () => undefined };

function whenGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
