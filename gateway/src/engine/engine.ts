import type { Tracer } from '@opentelemetry/api';
import { CodedError, ConfigError, inSpan, type Logger, type Metrics } from '@tributary/service-kit';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { OperationResult, PreparedOperation } from '../executor/prepare-operation.ts';
import { subgraphPace } from '../executor/subgraph-access.ts';
import { PlanningError, type PlanningFailure } from '../planner/planning-error.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import { Candidate, type CandidateParts, readSupergraph } from './candidate.ts';
import { Generation } from './generation.ts';
import { drawLabels } from './override-labels.ts';

export interface EngineParts extends CandidateParts {
  /** Labels of `@override(label:)` that are on, beside those in percent. */
  overrideLabels: ReadonlySet<string>;
  log: Logger;
  metrics: Metrics;
  tracer: Tracer;
}

export interface EngineRequest {
  /** Valid by the generation's schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly scope: FetchScope;
}

/** What plans and executes, whichever server the requests come through; and the supergraphs that it does so for. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #pace = subgraphPace();
  readonly #bySchema = new WeakMap<GraphQLSchema, Generation>();
  #candidate: Candidate | undefined;
  #current: Generation | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
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
    readSupergraph(supergraphSdl, this.#parts.urls);
  }

  /**
   * Gets a supergraph ready to take over, while the one before it serves.
   *
   * @throws ConfigError, PlanningError when it cannot.
   */
  async prepare(supergraphSdl: string): Promise<void> {
    const candidate = new Candidate(supergraphSdl, this.#parts);
    try {
      await candidate.warm(this.#current?.candidate);
    } catch (error) {
      candidate.rest();
      throw error;
    }
    this.discard();
    this.#candidate = candidate;
  }

  /** The supergraph that was prepared takes over, with the schema that clients see of it. */
  adopt(schema: GraphQLSchema): void {
    if (this.#candidate === undefined) throw new ConfigError('no supergraph was prepared');
    const generation = new Generation(this.#candidate, schema);
    this.#candidate = undefined;
    this.#bySchema.set(schema, generation);
    const before = this.#current;
    this.#current = generation;
    before?.retire();
  }

  /** What was prepared does not take over. */
  discard(): void {
    this.#candidate?.rest();
    this.#candidate = undefined;
  }

  /** @throws CodedError for an operation that gets no plan. */
  async execute(generation: Generation, request: EngineRequest): Promise<OperationResult> {
    const { document, operation, variables, scope } = request;
    const { clients, types } = generation.candidate;
    const found = generation.operation(
      document,
      operation,
      drawLabels(types.overrideLabels, this.#parts.overrideLabels),
    );
    const prepared = found instanceof Promise ? await this.#planned(found, scope) : found;
    const ask = this.#pace.timed((asked) => {
      const client = clients.get(asked.subgraph);
      if (client === undefined) throw new Error(`the plan names no subgraph of the supergraph: ${asked.subgraph}`);
      return client.ask(asked, scope);
    });
    return prepared.execute(variables, ask, this.#pace.patienceMs);
  }

  close(): void {
    this.discard();
    this.#current?.retire();
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
