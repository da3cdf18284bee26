import type { CodedError, Identity } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationDefinitionNode } from 'graphql';
import type { Denial } from '../authorization/denial.ts';
import type { CostReport } from '../cost/cost-control.ts';
import type { OperationCost } from '../cost/cost-model.ts';
import type { KnownDocument } from '../documents/document-cache.ts';
import type { Generation } from '../engine/generation.ts';
import type { ExplainedPlan } from '../engine/timeline.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';
import type { ResponseMediaType } from '../http/accept.ts';
import type { Client } from '../identity/clients.ts';
import type { RateStanding } from '../rate-limit/rate-limit-fields.ts';
import type { Freshness } from '../subgraphs/freshness.ts';
import type { BatchPart } from './batch.ts';
import type { GraphqlParams } from './steps/parse-request.ts';

/** One GraphQL request on its way through the pipeline. Each field is set by the step of that name, and stays. */
export class Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The schema that this request began with and is answered by. */
  readonly generation: Generation;
  /** By the clock of `performance.now()`. */
  readonly startedMs = performance.now();
  /** The operation of a batch that this is; undefined where it is all of the request. */
  readonly part: BatchPart | undefined;
  /** The operations of the batch that this is; undefined where it is none. */
  batch: readonly BatchPart[] | undefined;
  mediaType: ResponseMediaType = 'application/json';
  client!: Client;
  params!: GraphqlParams;
  /** Whether an operator has registered the document, for this client. */
  isKnownDocument = false;
  /** Whether it was let in, and has to leave. */
  isInside = false;
  identity!: Identity;
  document!: KnownDocument;
  operation: OperationDefinitionNode | undefined;
  /** Those that the operation declares, coerced to their types. */
  variables!: Record<string, unknown>;
  /** As estimated; 0 where costs are off. */
  cost = 0;
  operationCost: OperationCost | undefined;
  /** Where the client is told. */
  costReport: CostReport | undefined;
  /** The buckets that it was charged to. */
  rates: readonly RateStanding[] = [];
  /** Whether no limit of rates applies to it. */
  isRateExempt = false;
  /** What whoever asks may not see of the operation; undefined: nothing. */
  denial: Denial | undefined;
  result!: OperationResult;
  /** Of the result of a query. */
  freshness: Freshness | undefined;
  /** What it was refused with, in place of a result. */
  refusals: readonly CodedError[] = [];
  /** Where it was asked for. */
  plan: ExplainedPlan | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, generation: Generation, part?: BatchPart) {
    this.request = request;
    this.reply = reply;
    this.generation = generation;
    this.part = part;
  }
}

/**
 * One step. It throws what refuses the request: a CodedError, or an AggregateError of several. Headers that belong to
 * a refusal it sets on the reply before.
 */
export type Step = (exchange: Exchange) => void | Promise<void>;
