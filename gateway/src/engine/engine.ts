import { prettyFormatQueryPlan } from '@apollo/query-planner';
import { type Tracer, trace } from '@opentelemetry/api';
import { CodedError, inSpan, type Logger, type Metrics } from '@tributary/service-kit';
import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { OperationResult, PreparedOperation } from '../executor/prepare-operation.ts';
import { copyOf } from '../executor/response-tree.ts';
import { type AskSubgraph, type SubgraphRequest, subgraphPace } from '../executor/subgraph-access.ts';
import { NO_LABELS } from '../planner/planner.ts';
import { PlanningError, type PlanningFailure } from '../planner/planning-error.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import { readAgain, type SubgraphAnswer } from '../subgraphs/read-answer.ts';
import type { SubgraphClient } from '../subgraphs/subgraph-client.ts';
import { Candidate, type CandidateParts, readSupergraph } from './candidate.ts';
import { Generation, type KnownOperation } from './generation.ts';
import { audienceOf, InFlight } from './in-flight.ts';
import { drawLabels } from './override-labels.ts';
import { type PlanLookup, planMetrics } from './plan-metrics.ts';
import type { RollbackWatch } from './rollback-watch.ts';
import { type ExplainedPlan, type TimelineEntry, written } from './timeline.ts';

export interface EngineParts extends CandidateParts {
  /** Is told of each request that was executed. */
  rollback: RollbackWatch | undefined;
  /** Labels of `@override(label:)` that are on, beside those in percent. */
  overrideLabels: ReadonlySet<string>;
  /** Operations that clients are known to ask for: planned before they do. */
  documents: readonly KnownOperation[];
  sharing: SharingOptions;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
}

/**
 * What identical queries share that are under way at the same time, for one identity: the answer as a whole, or the
 * requests to subgraphs. Whatever else a subgraph's answer hangs on, such as the time, is shared with it.
 */
export interface SharingOptions {
  readonly inbound: boolean;
  readonly subgraph: boolean;
}

export interface EngineRequest {
  /** Valid by the generation's schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly scope: FetchScope;
  /** Where to write down what is asked of subgraphs; nothing is shared with others then. */
  readonly timeline?: TimelineEntry[];
}

/** What plans and executes, whichever server the requests come through; and the supergraphs that it does so for. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #pace = subgraphPace();
  readonly #inbound = new WeakMap<OperationDefinitionNode, InFlight<OperationResult>>();
  readonly #outbound = new WeakMap<SubgraphClient, InFlight<SubgraphAnswer>>();
  readonly #bySchema = new WeakMap<GraphQLSchema, Generation>();
  readonly #countLookup: (lookup: PlanLookup) => void;
  #isClosed = false;
  #current: Generation | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#countLookup = planMetrics(parts.metrics, () => this.#current?.candidate.plans.size ?? 0);
  }

  /** @throws Error before a supergraph was loaded. */
  get current(): Generation {
    if (this.#current === undefined) throw new Error('no supergraph is loaded');
    return this.#current;
  }

  /** The generation whose schema a request was validated by. */
  of(schema: GraphQLSchema): Generation {
    return this.#bySchema.get(schema) ?? this.current;
  }

  /** @throws ConfigError for what is no supergraph. That the rest of it is right shows when it is prepared. */
  check(supergraphSdl: string): void {
    readSupergraph(supergraphSdl, this.#parts.subgraphs);
  }

  /**
   * Gets a supergraph ready to take over, while the one before it serves.
   *
   * @throws ConfigError, PlanningError when it cannot.
   */
  async prepare(supergraphSdl: string): Promise<Generation> {
    const candidate = new Candidate(supergraphSdl, this.#parts);
    try {
      const schema = await candidate.warm(this.#current?.candidate);
      const generation = new Generation(candidate, schema);
      const warmed = generation.warm(this.#parts.documents).catch((error) => {
        this.#parts.log.error({ err: error }, 'a known operation cannot be made ready');
      });
      // Nobody waits for it where nothing serves yet.
      if (this.#current !== undefined) await warmed;
      if (this.#isClosed) {
        generation.retire();
        throw new PlanningError('closed', 'The engine was closed.');
      }
      return generation;
    } catch (error) {
      candidate.rest();
      throw error;
    }
  }

  /** A generation that was prepared, or served before, takes over. */
  adopt(generation: Generation): void {
    this.#bySchema.set(generation.schema, generation);
    const before = this.#current;
    this.#current = generation.serve();
    if (before !== generation) before?.retire();
  }

  /** @throws CodedError for an operation that gets no plan. */
  async execute(generation: Generation, request: EngineRequest): Promise<OperationResult> {
    let hasFailed = true;
    try {
      const result = await this.#answer(generation, request);
      hasFailed = result.errors.length > 0;
      return result;
    } finally {
      this.#parts.rollback?.count(generation, hasFailed);
    }
  }

  async #answer(generation: Generation, request: EngineRequest): Promise<OperationResult> {
    const { operation, variables, scope } = request;
    if (!this.#mayShare('inbound', request)) {
      return this.#execute(generation, request);
    }
    const shared = this.#inbound.get(operation) ?? new InFlight();
    this.#inbound.set(operation, shared);
    // Others may wait for what one client has left.
    const forAll = { ...request, scope: { ...scope, departure: undefined } };
    const key = `${audienceOf(scope)} ${JSON.stringify(variables)}`;
    const { value, isOwn } = await shared.share(key, () => this.#execute(generation, forAll));
    if (!isOwn) trace.getActiveSpan()?.setAttribute('graphql.execute.shared', true);
    return value;
  }

  /** Executes the operation, and tells how: as it is planned, and what was asked of which subgraph when. */
  async explain(
    generation: Generation,
    request: EngineRequest,
  ): Promise<{ result: OperationResult; plan: ExplainedPlan }> {
    const timeline: TimelineEntry[] = [];
    const result = await this.execute(generation, { ...request, timeline });
    const plan = await generation.plan(request.document, request.operation);
    return { result, plan: { text: prettyFormatQueryPlan(plan), timeline } };
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.retire();
  }

  async #execute(generation: Generation, request: EngineRequest): Promise<OperationResult> {
    const { document, operation, variables, scope, timeline } = request;
    const { clients, types, recordings } = generation.candidate;
    const { overrideLabels } = types;
    const labels = overrideLabels.size === 0 ? NO_LABELS : drawLabels(overrideLabels, this.#parts.overrideLabels);
    const found = generation.operation(document, operation, labels, this.#countLookup);
    const prepared = found instanceof Promise ? await this.#planned(found, scope) : found;
    const isShared = this.#mayShare('subgraph', request);
    const askOne: AskSubgraph = (asked) => {
      const client = clients.get(asked.subgraph);
      if (client === undefined)
        return Promise.reject(new Error(`a subgraph that the supergraph lacks: ${asked.subgraph}`));
      return isShared ? this.#askShared(client, asked, scope) : client.ask(asked, scope);
    };
    const ask = timeline === undefined ? askOne : written(askOne, timeline);
    return prepared.execute({
      ...{ variables, ask: this.#pace.timed(ask), patienceMs: this.#pace.patienceMs },
      replay: isPlainQuery(request) ? { recordings, audience: () => audienceOf(scope) } : undefined,
    });
  }

  #mayShare(what: keyof SharingOptions, request: EngineRequest): boolean {
    return this.#parts.sharing[what] && isPlainQuery(request);
  }

  async #askShared(client: SubgraphClient, asked: SubgraphRequest, scope: FetchScope): Promise<SubgraphAnswer> {
    const shared = this.#outbound.get(client) ?? new InFlight();
    this.#outbound.set(client, shared);
    const key = `${audienceOf(scope)} ${asked.variables} ${asked.query}`;
    const startedMs = Date.now();
    const { value, others, isOwn } = await shared.share(key, () => client.ask(asked, scope));
    if (!isOwn) client.countShared(startedMs);
    if (others === 0) return value;
    const { body, isExpected = false } = value;
    // Each writes into what it gets.
    if (body === undefined || !isExpected) return { ...value, data: copyOf(value.data) };
    return asked.expected?.equals(body) ? value : readAgain(body, asked.entities);
  }

  async #planned(planning: Promise<PreparedOperation>, scope: FetchScope): Promise<PreparedOperation> {
    const { metrics, tracer, log } = this.#parts;
    const startedMs = performance.now();
    let outcome: 'planned' | PlanningFailure | 'deadline' = 'planned';
    try {
      return await inSpan(tracer, 'graphql.plan', {}, () => before(scope.deadlineMs, planning));
    } catch (error) {
      if (!(error instanceof PlanningError)) {
        outcome = 'deadline';
        throw error;
      }
      outcome = error.failure;
      if (error.failure === 'failed') log.error({ request_id: scope.requestId, err: error.cause }, 'planning failed');
      throw new CodedError(CODES[error.failure], undefined, { cause: error });
    } finally {
      const seconds = (performance.now() - startedMs) / 1000;
      metrics.get('graphql_query_plan_duration_seconds').observe({ outcome }, seconds);
    }
  }
}

/** A query of which nobody wants to know how it is executed. */
const isPlainQuery = ({ operation, timeline }: EngineRequest) =>
  operation.operation === OperationTypeNode.QUERY && timeline === undefined;

const CODES = {
  'too-large': 'QUERY_PLAN_COMPLEXITY_EXCEEDED',
  limit: 'QUERY_PLAN_COMPLEXITY_EXCEEDED',
  overloaded: 'SERVICE_UNAVAILABLE',
  closed: 'SERVICE_UNAVAILABLE',
  failed: 'INTERNAL_SERVER_ERROR',
} as const;

/** @throws CodedError DEADLINE_EXCEEDED when it is not there in time. */
function before<T>(deadlineMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new CodedError('DEADLINE_EXCEEDED'));
    const timer = setTimeout(late, Math.max(0, deadlineMs - performance.now()));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
