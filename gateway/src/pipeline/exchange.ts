import type { CodedError, Identity } from '@tributary/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationDefinitionNode } from 'graphql';
import type { KnownDocument } from '../documents/document-cache.ts';
import type { Generation } from '../engine/generation.ts';
import type { ExplainedPlan } from '../engine/timeline.ts';
import type { OperationResult } from '../executor/prepare-operation.ts';
import type { ResponseMediaType } from '../http/accept.ts';
import type { Client } from '../identity/clients.ts';
import type { GraphqlParams } from './steps/parse-request.ts';

/** One GraphQL request on its way through the pipeline. Each field is set by the step of that name, and stays. */
export class Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The schema that this request began with and is answered by. */
  readonly generation: Generation;
  /** By the clock of `performance.now()`. */
  readonly startedMs = performance.now();
  mediaType: ResponseMediaType = 'application/json';
  client!: Client;
  params!: GraphqlParams;
  identity!: Identity;
  document!: KnownDocument;
  operation: OperationDefinitionNode | undefined;
  /** Those that the operation declares, coerced to their types. */
  variables!: Record<string, unknown>;
  result!: OperationResult;
  /** What it was refused with, in place of a result. */
  refusals: readonly CodedError[] = [];
  /** Where it was asked for. */
  plan: ExplainedPlan | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, generation: Generation) {
    this.request = request;
    this.reply = reply;
    this.generation = generation;
  }
}

/**
 * One step. It throws what refuses the request: a CodedError, or an AggregateError of several. Headers that belong to
 * a refusal it sets on the reply before.
 */
export type Step = (exchange: Exchange) => void | Promise<void>;
