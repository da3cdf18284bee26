import type { Logger, Metrics } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KnownNames } from '../documents/known-names.ts';
import type { AccessTokenVerifier } from '../identity/access-token-verifier.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { operationCounter } from './count-operation.ts';
import { Exchange, type Step } from './exchange.ts';
import { logSlowOperation } from './log-slow-operation.ts';
import { refuse, respond } from './respond.ts';
import { chooseOperation } from './steps/choose-operation.ts';
import { coerceVariables } from './steps/coerce-variables.ts';
import { type ExecuteParts, execute } from './steps/execute.ts';
import { findDocument } from './steps/find-document.ts';
import { identify } from './steps/identify.ts';
import { nameClient } from './steps/name-client.ts';
import { negotiate } from './steps/negotiate.ts';
import { parseRequest } from './steps/parse-request.ts';
import { refuseForgery } from './steps/refuse-forgery.ts';
import { validateDocument } from './steps/validate-document.ts';

export interface PipelineParts extends ExecuteParts {
  log: Logger;
  verifier: AccessTokenVerifier;
  introspection: boolean;
  slowOperationMs: number;
  corsOrigins: readonly string[];
  metrics: Metrics;
  knownNames: KnownNames;
  /** Undefined where nothing is counted. */
  usage: UsageRecorder | undefined;
}

export type GraphqlHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** The way of a request through the gateway; request id, trace and the limit of the body are the HTTP server's. */
export function graphqlPipeline(parts: PipelineParts): GraphqlHandler {
  const steps: readonly Step[] = [
    // Said of what is refused, too.
    nameClient(),
    // How refusals are answered.
    negotiate,
    // Before anything is read of a request that a browser may have been tricked into.
    refuseForgery(parts.corsOrigins),
    parseRequest,
    // Before the document costs anything.
    identify(parts.verifier),
    // Token limit and parser, or the cache.
    findDocument(parts.tracer),
    // Before validation: a mutation by GET is refused whether or not it is valid.
    chooseOperation,
    validateDocument(parts.tracer, parts.introspection),
    coerceVariables,
    // Plans and executes.
    execute(parts),
  ];
  const count = operationCounter(parts.metrics, parts.knownNames);
  return async (request, reply) => {
    const exchange = new Exchange(request, reply, parts.engine.current.enter());
    try {
      for (const step of steps) {
        const pending = step(exchange);
        if (pending !== undefined) await pending;
      }
      return respond(exchange);
    } catch (error) {
      return refuse(exchange, error, parts.log);
    } finally {
      exchange.generation.leave();
      count(exchange);
      if (exchange.result !== undefined) {
        parts.usage?.count(exchange);
        logSlowOperation(exchange, parts.slowOperationMs, parts.log);
      }
    }
  };
}
