import type { Logger, Metrics } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BatchingConfig } from '../config/batching-config.ts';
import type { CostControl } from '../cost/cost-control.ts';
import type { KnownNames } from '../documents/known-names.ts';
import type { AccessTokenVerifier } from '../identity/access-token-verifier.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { DocumentLimits } from '../limits/document-limits.ts';
import { limitCounter } from '../limits/limit-counter.ts';
import type { Door } from '../overload/door.ts';
import type { PersistedDocuments } from '../persisted-documents/persisted-documents.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { answerBatch } from './batch.ts';
import { operationCounter } from './count-operation.ts';
import { countRefusedByLimit } from './count-refused-by-limit.ts';
import { Exchange, type Step } from './exchange.ts';
import { logSlowOperation } from './log-slow-operation.ts';
import { type Answer, answerOf, refusalOf, send } from './respond.ts';
import { admit } from './steps/admit.ts';
import { authoriseOperation } from './steps/authorise.ts';
import { chooseOperation } from './steps/choose-operation.ts';
import { coerceVariables, type VariableLimits } from './steps/coerce-variables.ts';
import { estimateCost } from './steps/estimate-cost.ts';
import { type ExecuteParts, execute } from './steps/execute.ts';
import { expandBody } from './steps/expand-body.ts';
import { findDocument } from './steps/find-document.ts';
import { findText } from './steps/find-text.ts';
import { identify } from './steps/identify.ts';
import { type LimitRateParts, limitRate } from './steps/limit-rate.ts';
import { nameClient } from './steps/name-client.ts';
import { negotiate } from './steps/negotiate.ts';
import { parseRequest } from './steps/parse-request.ts';
import { refuseForgery } from './steps/refuse-forgery.ts';
import { rememberDocument } from './steps/remember-document.ts';
import { tellCost } from './steps/tell-cost.ts';
import { validateDocument } from './steps/validate-document.ts';

export interface PipelineParts extends ExecuteParts {
  log: Logger;
  verifier: AccessTokenVerifier;
  credentials: Credentials;
  introspection: boolean;
  limits: DocumentLimits & VariableLimits;
  /** Undefined where they are off. */
  costs: CostControl | undefined;
  slowOperationMs: number;
  corsOrigins: readonly string[];
  /** Undefined where rates are not limited. */
  rateLimit: LimitRateParts | undefined;
  /** Of a body that was compressed, as it is when it no longer is. */
  bodyLimitBytes: number;
  /** Undefined where everybody is let in. */
  door: Door | undefined;
  /** Which may have an access token. */
  cookieName: string | undefined;
  compressAnswers: boolean;
  metrics: Metrics;
  knownNames: KnownNames;
  batching: BatchingConfig;
  persistedDocuments: PersistedDocuments;
  /** Undefined where nothing is counted. */
  usage: UsageRecorder | undefined;
}

export type GraphqlHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** The way of a request through the gateway; request id, trace and the limit of the body are the HTTP server's. */
export function graphqlPipeline(parts: PipelineParts): GraphqlHandler {
  const rates = parts.rateLimit === undefined ? undefined : limitRate(parts.rateLimit);
  const readRequest = parseRequest(parts.batching);
  const steps: readonly Step[] = [
    // Said of what is refused, too.
    nameClient(),
    // How refusals are answered.
    negotiate,
    // Before anything is read of a request that a browser may have been tricked into.
    refuseForgery(parts.corsOrigins),
    // Before the body costs anything, or a token's signature.
    ...(rates === undefined ? [] : [rates.byAddress]),
    // Only what is none of that costs an expansion.
    expandBody(parts.bodyLimitBytes),
    // From here on, each operation of a batch goes its own way.
    readRequest,
    ...(rates === undefined ? [] : [rates.byPart]),
    // What is not trusted may be refused here, unread.
    findText(parts.persistedDocuments, parts.metrics),
    // Whoever is turned away has cost no more than that.
    ...(parts.door === undefined ? [] : [admit(parts.door, parts.shedding, parts.cookieName)]),
    // Before the document costs anything.
    identify(parts.verifier, parts.credentials),
    ...(rates === undefined ? [] : [rates.byUser]),
    // Limits and parser, or the cache.
    findDocument(parts.tracer, parts.limits),
    // Before validation: a mutation by GET is refused whether or not it is valid.
    chooseOperation,
    validateDocument(parts.tracer, parts.introspection),
    coerceVariables(parts.limits),
    // Before anything is planned of what the caller may not see; conditions hang on the variables.
    authoriseOperation(parts.engine),
    // As long as the variables say, lists get.
    ...(parts.costs === undefined ? [] : [estimateCost(parts.costs)]),
    // What is more expensive counts for more.
    ...(rates === undefined ? [] : [rates.byCost]),
    // Behind all that refuses.
    rememberDocument(parts.persistedDocuments, parts.log, parts.metrics),
    // Plans and executes.
    execute(parts),
    ...(parts.costs === undefined ? [] : [tellCost(parts.costs)]),
  ];
  const count = operationCounter(parts.metrics, parts.knownNames);
  const countLimit = limitCounter(parts.metrics);
  const stepsOfPart = steps.slice(steps.indexOf(readRequest));
  const answerTo = async (exchange: Exchange): Promise<Answer> => {
    try {
      for (const step of exchange.part === undefined ? steps : stepsOfPart) {
        const pending = step(exchange);
        if (pending !== undefined) await pending;
        if (exchange.batch !== undefined) return await answerBatch(exchange, exchange.batch, answerTo);
      }
      return answerOf(exchange);
    } catch (error) {
      countRefusedByLimit(error, exchange.request, countLimit);
      return refusalOf(exchange, error, parts.log);
    } finally {
      exchange.generation.leave();
      if (exchange.isInside) parts.door?.leave();
      if (exchange.batch === undefined) count(exchange);
      if (exchange.result !== undefined) {
        parts.usage?.count(exchange);
        parts.costs?.sample(exchange);
        logSlowOperation(exchange, parts.slowOperationMs, parts.log);
      }
    }
  };
  return async (request, reply) => {
    const answer = await answerTo(new Exchange(request, reply, parts.engine.current.enter()));
    return send(reply, answer, parts.compressAnswers);
  };
}
