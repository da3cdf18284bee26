import type { Logger, Metrics } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { BatchingConfig } from '../config/batching-config.ts';
import type { CostControl } from '../cost/cost-control.ts';
import { UsedDeprecations } from '../deprecations/used-deprecations.ts';
import type { KnownNames } from '../documents/known-names.ts';
import type { AccessTokenVerifier } from '../identity/access-token-verifier.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { DocumentLimits } from '../limits/document-limits.ts';
import { limitCounter } from '../limits/limit-counter.ts';
import type { ServedLines } from '../lines/served-lines.ts';
import type { Door } from '../overload/door.ts';
import type { PersistedDocuments } from '../persisted-documents/persisted-documents.ts';
import type { LimitRateParts } from '../rate-limit/limit-rate-parts.ts';
import type { UsageRecorder } from '../usage/usage-recorder.ts';
import { answerBatch } from './batch.ts';
import { chargeBeforeBody } from './charge-before-body.ts';
import { countRefusedByLimit } from './count-refused-by-limit.ts';
import { endExchange } from './end-exchange.ts';
import { Exchange, type Step } from './exchange.ts';
import { laterParts } from './later-parts.ts';
import { pipelineSteps } from './pipeline-steps.ts';
import { type Answer, answerOf, refusalOf, send } from './respond.ts';
import type { VariableLimits } from './steps/coerce-variables.ts';
import type { ExecuteParts } from './steps/execute.ts';
import { type LimitRate, limitRate } from './steps/limit-rate.ts';
import type { SubscribeParts } from './steps/subscribe.ts';

export interface PipelineParts extends ExecuteParts, SubscribeParts {
  carryStream: CarryStream;
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
  /** Undefined where the API has no version lines. */
  lines: ServedLines | undefined;
  /** Undefined where nothing is counted. */
  usage: UsageRecorder | undefined;
}

/** Sends what comes one after the other, or a single answer to who takes nothing but events. Its access line says how. */
export type CarryStream = (exchange: Exchange, reply: FastifyReply, answer: Answer) => FastifyReply;

export type GraphqlHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export interface GraphqlPipeline {
  /** Answers an HTTP request. */
  readonly handle: GraphqlHandler;
  /**
   * Answers a request that is over its rate, whose body is then not read; others go on with `done`. Undefined where rates
   * are not limited.
   */
  readonly beforeBody: onRequestHookHandler | undefined;
  /** Takes a token of a request's address: what comes of it is kept at the request. Undefined as `beforeBody`. */
  readonly chargeAddress: LimitRate['beforeBody'] | undefined;
  /** Whether a connection for operations may be opened. Its exchange ends with that. @throws CodedError */
  admitConnection(exchange: Exchange): Promise<void>;
  /** What an operation comes to that came by a connection: the `body` of its part. */
  answerMessage(exchange: Exchange): Promise<Answer>;
  /** The same for one that a path stands for: see `PipelineSteps.ofRoute`. */
  answerRoute(exchange: Exchange, choose: Step | undefined, find: Step): Promise<Answer>;
}

/** The way of a request through the gateway; request id, trace and the limit of the body are the HTTP server's. */
export function graphqlPipeline(parts: PipelineParts): GraphqlPipeline {
  const rates = parts.rateLimit === undefined ? undefined : limitRate(parts.rateLimit);
  const usedDeprecations = new UsedDeprecations();
  const steps = pipelineSteps(parts, rates, usedDeprecations);
  const end = endExchange(parts, usedDeprecations);
  const countLimit = limitCounter(parts.metrics);
  const answerBy = async (exchange: Exchange, own: readonly Step[]): Promise<Answer> => {
    // What is deferred is a part of the request: it is not over before.
    let isOver = true;
    try {
      for (const step of own) {
        const pending = step(exchange);
        if (pending !== undefined) await pending;
        if (exchange.batch !== undefined) return await answerBatch(exchange, exchange.batch, answerTo, parts.log);
      }
      const answer = answerOf(exchange);
      answer.later = laterParts(exchange, () => end(exchange));
      isOver = answer.later === undefined;
      if (!isOver) exchange.answeredMs = performance.now();
      return answer;
    } catch (error) {
      countRefusedByLimit(error, exchange.request, countLimit);
      leaveBegun(exchange);
      return refusalOf(exchange, error, parts.log);
    } finally {
      if (isOver) end(exchange);
    }
  };
  const answerTo = (exchange: Exchange) => answerBy(exchange, steps.of(exchange));
  const handle: GraphqlHandler = async (request, reply) => {
    const exchange = new Exchange(request, reply, parts.engine.current.enter());
    const answer = await answerTo(exchange);
    const hasSeveral = answer.live !== undefined || answer.later !== undefined;
    const isStream = hasSeveral || (exchange.isEventStream && answer.status === 200);
    return isStream ? parts.carryStream(exchange, reply, answer) : send(reply, answer, parts.compressAnswers);
  };
  return {
    handle,
    // It goes its way without a body: it is refused as everything else is, and gets no further.
    beforeBody:
      rates && chargeBeforeBody(rates.beforeBody, (request, reply, done) => void handle(request, reply).catch(done)),
    chargeAddress: rates?.beforeBody,
    async admitConnection(exchange) {
      try {
        for (const step of steps.ofConnection) await step(exchange);
      } finally {
        exchange.generation.leave();
      }
    },
    answerMessage: answerTo,
    answerRoute: (exchange, choose, find) => answerBy(exchange, steps.ofRoute(choose, find)),
  };
}

/** Nobody is going to carry what was begun for it. */
function leaveBegun(exchange: Exchange): void {
  const { incremental, live, seats } = exchange;
  void incremental?.updates?.return?.();
  void live?.return?.();
  seats?.connection?.leave();
  seats?.subscription.leave(undefined);
  exchange.live = undefined;
}
