import type { Logger, Metrics } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BatchingConfig } from '../config/batching-config.ts';
import type { CostControl } from '../cost/cost-control.ts';
import { deprecationCounter } from '../deprecations/deprecation-metrics.ts';
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
import { operationCounter } from './count-operation.ts';
import { countRefusedByLimit } from './count-refused-by-limit.ts';
import { Exchange, type Step } from './exchange.ts';
import { laterParts } from './later-parts.ts';
import { logSlowOperation } from './log-slow-operation.ts';
import { type Answer, answerOf, refusalOf, send } from './respond.ts';
import { sendParts } from './send-parts.ts';
import { admit } from './steps/admit.ts';
import { authoriseOperation } from './steps/authorise.ts';
import { chooseLine } from './steps/choose-line.ts';
import { chooseOperation } from './steps/choose-operation.ts';
import { coerceVariables, type VariableLimits } from './steps/coerce-variables.ts';
import { estimateCost } from './steps/estimate-cost.ts';
import type { ExecuteParts } from './steps/execute.ts';
import { executeOrSubscribe } from './steps/execute-or-subscribe.ts';
import { expandBody } from './steps/expand-body.ts';
import { findDocument } from './steps/find-document.ts';
import { findText } from './steps/find-text.ts';
import { identify } from './steps/identify.ts';
import { type LimitRate, limitRate } from './steps/limit-rate.ts';
import { nameClient } from './steps/name-client.ts';
import { negotiate } from './steps/negotiate.ts';
import { parseRequest } from './steps/parse-request.ts';
import { refuseForgery } from './steps/refuse-forgery.ts';
import { rememberDocument } from './steps/remember-document.ts';
import type { SubscribeParts } from './steps/subscribe.ts';
import { tellCost } from './steps/tell-cost.ts';
import { tellDeprecations } from './steps/tell-deprecations.ts';
import { validateDocument } from './steps/validate-document.ts';

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
  lines: { readonly served: ServedLines; readonly documentation: string } | undefined;
  /** Undefined where nothing is counted. */
  usage: UsageRecorder | undefined;
}

/** Sends what comes one after the other, or a single answer to who takes nothing but events. */
export type CarryStream = (exchange: Exchange, reply: FastifyReply, answer: Answer) => FastifyReply;

export type GraphqlHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export type BeforeBody = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

export interface GraphqlPipeline {
  /** Answers an HTTP request. */
  readonly handle: GraphqlHandler;
  /**
   * Answers a request that is over its rate, whose body is then not read; others go on with `done`. Undefined where rates
   * are not limited.
   */
  readonly beforeBody: BeforeBody | undefined;
  /** Whether a connection for operations may be opened. Its exchange ends with that. @throws CodedError */
  admitConnection(exchange: Exchange): Promise<void>;
  /** What an operation comes to that came by a connection: the `body` of its part. */
  answerMessage(exchange: Exchange): Promise<Answer>;
  /** The same for one that a path stands for: `find` takes from the request what else `parse-request` does. */
  answerRoute(exchange: Exchange, find: Step): Promise<Answer>;
}

/** The way of a request through the gateway; request id, trace and the limit of the body are the HTTP server's. */
export function graphqlPipeline(parts: PipelineParts): GraphqlPipeline {
  const rates = parts.rateLimit === undefined ? undefined : limitRate(parts.rateLimit);
  const readRequest = parseRequest(parts.batching);
  const findDocumentText = findText(parts.persistedDocuments, parts.metrics);
  const refuseForged = refuseForgery(parts.corsOrigins);
  const expand = expandBody(parts.bodyLimitBytes);
  const usedDeprecations = new UsedDeprecations();
  const choosing = parts.lines && chooseLine(parts.lines.served, parts.lines.documentation);
  const steps: readonly Step[] = [
    // Said of what is refused, too.
    nameClient(),
    // How refusals are answered.
    negotiate,
    // What was decided before the body was read.
    ...(rates === undefined ? [] : [rates.byAddress]),
    // Before anything is read of a request that a browser may have been tricked into.
    refuseForged,
    // A version that is not there, or no longer, costs nothing more.
    ...(choosing === undefined ? [] : [choosing]),
    // Only what is none of that costs an expansion.
    expand,
    // From here on, each operation of a batch goes its own way.
    readRequest,
    ...(rates === undefined ? [] : [rates.byPart]),
    // What is not trusted may be refused here, unread.
    findDocumentText,
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
    // Plans and executes, or begins a subscription.
    executeOrSubscribe(parts),
    ...(parts.costs === undefined ? [] : [tellCost(parts.costs)]),
    tellDeprecations(usedDeprecations),
  ];
  const count = operationCounter(parts.metrics, parts.knownNames);
  const countLimit = limitCounter(parts.metrics);
  const countDeprecated = deprecationCounter({
    ...parts,
    used: usedDeprecations,
    current: () => parts.engine.current,
  });
  const stepsOfPart = steps.slice(steps.indexOf(readRequest));
  const naming = steps.slice(0, 1);
  const ofConnection = [
    ...naming,
    ...(rates === undefined ? [] : [rates.byAddress]),
    ...(choosing === undefined ? [] : [choosing]),
  ];
  const onceKnown = steps.slice(steps.indexOf(findDocumentText) + 1);
  const ofMessage = [...naming, ...(choosing === undefined ? [] : [choosing]), ...stepsOfPart];
  const stepsOf = ({ part, isMessage }: Exchange) => (part === undefined ? steps : isMessage ? ofMessage : stepsOfPart);
  const end = (exchange: Exchange) => {
    exchange.generation.leave();
    if (exchange.isInside) parts.door?.leave();
    if (exchange.batch === undefined) count(exchange);
    if (exchange.live !== undefined || exchange.result !== undefined) {
      parts.usage?.count(exchange);
      countDeprecated(exchange);
    }
    if (exchange.result !== undefined) {
      // Of an answer in parts, the first is not all.
      if (exchange.incremental === undefined) parts.costs?.sample(exchange);
      logSlowOperation(exchange, parts.slowOperationMs, parts.log);
    }
  };
  const answerBy = async (exchange: Exchange, own: readonly Step[]): Promise<Answer> => {
    // What is deferred is a part of the request: it is not over before.
    let isOver = true;
    try {
      for (const step of own) {
        const pending = step(exchange);
        if (pending !== undefined) await pending;
        if (exchange.batch !== undefined) return await answerBatch(exchange, exchange.batch, answerTo);
      }
      const answer = answerOf(exchange);
      answer.later = laterParts(exchange, () => end(exchange));
      isOver = answer.later === undefined;
      return answer;
    } catch (error) {
      countRefusedByLimit(error, exchange.request, countLimit);
      void exchange.incremental?.updates?.return?.();
      return refusalOf(exchange, error, parts.log);
    } finally {
      if (isOver) end(exchange);
    }
  };
  const answerTo = (exchange: Exchange) => answerBy(exchange, stepsOf(exchange));
  const handle: GraphqlHandler = async (request, reply) => {
    const exchange = new Exchange(request, reply, parts.engine.current.enter());
    const answer = await answerTo(exchange);
    const isStream = answer.live !== undefined || (exchange.isEventStream && answer.status === 200);
    if (isStream) return parts.carryStream(exchange, reply, answer);
    if (answer.later !== undefined) return sendParts(exchange, reply, answer.body.toString(), answer.later, parts.log);
    return send(reply, answer, parts.compressAnswers);
  };
  return {
    handle,
    beforeBody: rates && limitBeforeBody(rates, handle),
    async admitConnection(exchange) {
      try {
        for (const step of ofConnection) await step(exchange);
      } finally {
        exchange.generation.leave();
      }
    },
    answerMessage: answerTo,
    answerRoute: (exchange, find) => answerBy(exchange, [...ofConnection, refuseForged, expand, find, ...onceKnown]),
  };
}

/** What is over its rate goes its way without a body: it is refused as everything else is, and gets no further. */
const limitBeforeBody =
  ({ beforeBody }: LimitRate, handle: GraphqlHandler): BeforeBody =>
  (request, reply, done) => {
    const goOn = () => {
      if (request.addressCharged?.refusal === undefined) done();
      else handle(request, reply).catch(done);
    };
    const pending = beforeBody(request, reply);
    if (pending === undefined) goOn();
    else pending.then(goOn, done);
  };
