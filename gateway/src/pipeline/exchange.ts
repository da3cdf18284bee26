import type { CodedError, Identity } from '@tributary/service-kit';
import type { VersionLine } from '@tributary/service-kit/sdl';
import type { OperationDefinitionNode } from 'graphql';
import type { Denial } from '../authorization/denial.ts';
import type { CostReport } from '../cost/cost-control.ts';
import type { OperationCost } from '../cost/cost-model.ts';
import type { Deprecation } from '../deprecations/deprecation.ts';
import type { KnownDocument } from '../documents/document-cache.ts';
import type { Generation } from '../engine/generation.ts';
import type { SchemaView } from '../engine/schema-view.ts';
import type { ExplainedPlan } from '../engine/timeline.ts';
import type { IncrementalResult, IncrementalUpdate } from '../executor/incremental-result.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';
import type { AcceptedStream, IncrementalFormat, ResponseMediaType } from '../http/accept.ts';
import type { OperationReply, OperationRequest } from '../http/operation-request.ts';
import type { Client } from '../identity/clients.ts';
import type { RateStanding } from '../rate-limit/rate-limit-fields.ts';
import type { Freshness } from '../subgraphs/freshness.ts';
import type { LiveOperation } from '../subscriptions/live-operation.ts';
import type { ConnectionSeat, SubscriptionSeat } from '../subscriptions/live-seats.ts';
import type { BatchPart } from './batch.ts';
import type { GraphqlParams } from './steps/parse-request.ts';

/** One GraphQL request on its way through the pipeline. What a step has set stays. */
export class Exchange {
  // What it begins with.
  readonly request: OperationRequest;
  readonly reply: OperationReply;
  /** The schema that this request began with and is answered by. */
  readonly generation: Generation;
  /** By the clock of `performance.now()`. */
  readonly startedMs = performance.now();
  /** The operation of a batch that this is, or of a message; undefined where it is all of the request. */
  readonly part: BatchPart | undefined;
  /** Whether it came as a message of a WebSocket, where each operation may have as many results as it likes. */
  isMessage = false;

  // name-client
  client!: Client;

  // negotiate; of a message, what carries it
  mediaType: ResponseMediaType = 'application/json';
  /** As what the client takes results that come one after the other; undefined: not at all. */
  stream: AcceptedStream | undefined;
  /** As what the client takes what is deferred; undefined: with the rest, at once. */
  incrementalFormat: IncrementalFormat | undefined;
  /** Whether it takes a single result, too, only as a server-sent event. */
  isEventStream = false;

  // limit-rate
  /** The buckets that it was charged to. */
  rates: readonly RateStanding[] = [];
  /** Whether no limit of rates applies to it. */
  isRateExempt = false;

  // choose-line
  /** The version of the API that it is for; undefined where there are none. */
  line: VersionLine | undefined;
  /** The schema as this request sees it: the generation itself, or one of its version lines. */
  view: SchemaView;

  // parse-request, or what reads a route
  /** The operations of the batch that this is; undefined where it is none. */
  batch: readonly BatchPart[] | undefined;
  params!: GraphqlParams;

  // find-text, or what reads a route
  /** Whether an operator has registered the document, for this client. */
  isKnownDocument = false;

  // admit
  /** Whether it was let in, and has to leave. */
  isInside = false;
  /** How long it waited for its turn. */
  waitedMs = 0;

  // identify
  identity!: Identity;
  /** When that is over, by `Date.now()`; undefined: never. */
  identityEndsMs: number | undefined;

  // find-document, choose-operation, coerce-variables
  document!: KnownDocument;
  operation: OperationDefinitionNode | undefined;
  /** Those that the operation declares, coerced to their types. */
  variables!: Record<string, unknown>;

  // authorise
  /** What whoever asks may not see of the operation; undefined: nothing. */
  denial: Denial | undefined;

  // estimate-cost
  /** As estimated; 0 where costs are off. */
  cost = 0;
  operationCost: OperationCost | undefined;

  // execute
  result!: OperationResult;
  /** Of the result of a query. */
  freshness: Freshness | undefined;
  /** What follows the result, where something of it is deferred. */
  incremental: IncrementalResult | undefined;
  /** Where it was asked for. */
  plan: ExplainedPlan | undefined;

  // subscribe
  /** In place of a result. */
  live: LiveOperation | undefined;
  /** What it takes of what there may be at once, for as long as it goes on. */
  seats: { readonly subscription: SubscriptionSeat; readonly connection: ConnectionSeat | undefined } | undefined;

  // estimate-cost and tell-cost, tell-deprecations: where the client is told
  costReport: CostReport | undefined;
  /** Is told of each further part of the answer; what is to be told with the last. */
  costAfter: ((update: IncrementalUpdate) => CostReport | undefined) | undefined;
  /** What it uses that will go. */
  deprecations: readonly Deprecation[] | undefined;

  // Behind the steps.
  /** What one of them has refused it with, in place of a result. */
  refusals: readonly CodedError[] = [];
  /** When the first of several parts of its answer was there, by the clock of `performance.now()`; undefined: it has one. */
  answeredMs: number | undefined;

  constructor(request: OperationRequest, reply: OperationReply, generation: Generation, part?: BatchPart) {
    this.request = request;
    this.reply = reply;
    this.generation = generation;
    this.view = generation;
    this.part = part;
  }

  /** How long it has taken until now, or until the first part of its answer was there. */
  get tookMs(): number {
    return (this.answeredMs ?? performance.now()) - this.startedMs;
  }
}

/**
 * One step. It throws what refuses the request: a CodedError, or an AggregateError of several. Headers that belong to
 * a refusal it sets on the reply before.
 */
export type Step = (exchange: Exchange) => void | Promise<void>;
