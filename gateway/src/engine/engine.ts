import { prettyFormatQueryPlan } from '@apollo/query-planner';
import { type Tracer, trace } from '@opentelemetry/api';
import { CodedError, inSpan, type Logger, type Metrics } from '@tributary/service-kit';
import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import { type Authorise, authorise, warnOfUnknown } from '../authorization/authorise.ts';
import type { Denial } from '../authorization/denial.ts';
import type { IncrementalResult } from '../executor/incremental-result.ts';
import type { Execution, OperationResult, PreparedOperation } from '../executor/prepare-operation.ts';
import { type AskSubgraph, type PlanRequest, subgraphPace } from '../executor/subgraph-access.ts';
import { type CountLimit, limitCounter } from '../limits/limit-counter.ts';
import { RequestBudget } from '../limits/request-budget.ts';
import type { DeferredWhen } from '../planner/collected-field.ts';
import { NO_LABELS, type OverrideLabels } from '../planner/planner.ts';
import { PlanningError, type PlanningFailure } from '../planner/planning-error.ts';
import type { FetchScope } from '../subgraphs/fetch-scope.ts';
import { readAgain, type SubgraphAnswer } from '../subgraphs/read-answer.ts';
import type { SubgraphClient } from '../subgraphs/subgraph-client.ts';
import { Candidate, type CandidateParts, enforceableSupergraph } from './candidate.ts';
import { Generation, type KnownOperation } from './generation.ts';
import { audienceOf, InFlight } from './in-flight.ts';
import { drawLabels } from './override-labels.ts';
import { type PlanLookup, planMetrics } from './plan-metrics.ts';
import { refusalFor } from './refusal-for.ts';
import type { RollbackWatch } from './rollback-watch.ts';
import type { SchemaView } from './schema-view.ts';
import { failureBy, failureIn } from './swap-evidence.ts';
import { type ExplainedPlan, type TimelineEntry, written } from './timeline.ts';
import { TOO_LONG, withinBudget } from './within-budget.ts';

export interface EngineParts extends CandidateParts {
  /** Is told of each request that was executed. */
  rollback: RollbackWatch | undefined;
  /** Labels of `@override(label:)` that are on, beside those in percent. */
  overrideLabels: ReadonlySet<string>;
  /** Operations that clients are known to ask for: planned before they do. */
  documents: () => readonly KnownOperation[];
  sharing: SharingOptions;
  /** Majors of the version lines, each of which gets a schema of its own; none where there are no lines. */
  lines: () => readonly number[];
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
  /** Valid by the view's schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** What whoever asks may not see of it, as `authorise` says; undefined: nothing. */
  readonly denial: Denial | undefined;
  readonly scope: FetchScope;
  /** Where to write down what is asked of subgraphs; nothing is shared with others then. */
  readonly timeline?: TimelineEntry[];
  /** Of a subscription: the event. */
  readonly event?: SubscriptionEvent;
}

/** What an event of a subscription says, which is then completed as a query would be. */
export interface SubscriptionEvent {
  /** To the root field. */
  readonly answer: SubgraphAnswer;
  /** Those by which the subscription was planned. */
  readonly labels: OverrideLabels;
}

interface SharedResult extends Pick<FetchScope, 'freshness' | 'attempts'> {
  readonly result: OperationResult;
}

/** What plans and executes, whichever server the requests come through; and the supergraphs that it does so for. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #pace = subgraphPace();
  /** What is denied of an operation makes it another one. */
  readonly #inbound = new WeakMap<OperationDefinitionNode | Denial, InFlight<SharedResult>>();
  readonly #outbound = new WeakMap<SubgraphClient, InFlight<SubgraphAnswer>>();
  readonly #bySchema = new WeakMap<GraphQLSchema, Generation>();
  readonly #countLookup: (lookup: PlanLookup) => void;
  readonly #countLimit: CountLimit;
  /** To be asked before each execution. */
  readonly authorise: Authorise;
  readonly #listeners = new Set<(generation: Generation) => void>();
  #isClosed = false;
  #current: Generation | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const ask = authorise({ ...parts, onDenied: parts.authorization?.onDenied ?? 'refuse' });
    this.authorise = (...asked) => readable(() => ask(...asked));
    this.#countLimit = limitCounter(parts.metrics);
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
    enforceableSupergraph(supergraphSdl, this.#parts);
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
      const generation = new Generation(candidate, schema, this.#parts.authorization);
      await generation.cut(this.#parts.lines());
      warnOfUnknown(generation.authorizer, this.#parts.log);
      const warmed = this.#warm(generation);
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

  /** The known operations are others. Those that have a plan keep it. */
  async knowAnew(): Promise<void> {
    if (this.#current !== undefined) await this.#warm(this.#current);
  }

  #warm(generation: Generation): Promise<void> {
    return generation.warm(this.#parts.documents()).catch((error) => {
      this.#parts.log.error({ err: error }, 'a known operation cannot be made ready');
    });
  }

  /** A generation that was prepared, or served before, takes over. */
  adopt(generation: Generation): void {
    this.#bySchema.set(generation.schema, generation);
    const before = this.#current;
    this.#current = generation.serve();
    if (before === generation) return;
    // Before it may end: who is in it takes what is in use there along.
    for (const listener of this.#listeners) listener(generation);
    before?.retire();
  }

  /** What one request may ask of subgraphs. */
  newBudget(): RequestBudget {
    return new RequestBudget(this.#parts.limits, this.#countLimit);
  }

  /** @throws CodedError for an operation that gets no plan; RequestShed where too many wait for one. */
  execute(view: SchemaView, request: EngineRequest): Promise<OperationResult> {
    return this.#watched(
      view,
      request,
      () => this.#answer(view, request),
      (result) => result,
    );
  }

  /**
   * The same for a client that takes what is deferred later. Sharing and recordings are for whole answers alone.
   *
   * @param deferredWhen Variables of `if:` by which `@defer` and `@stream` are on
   * @throws CodedError as `execute`
   */
  async executeIncrementally(
    view: SchemaView,
    request: EngineRequest,
    deferredWhen: DeferredWhen,
  ): Promise<IncrementalResult> {
    const prepared = await this.#prepared(view, request, deferredWhen);
    const { executeIncrementally } = prepared;
    if (executeIncrementally === undefined) {
      return { initial: await this.execute(view, request), pending: [], updates: undefined };
    }
    return this.#watched(
      view,
      request,
      () => executeIncrementally(this.#executionOf(view, request)),
      ({ initial }) => initial,
    );
  }

  /** Tells the watch over a swap what came of a request. */
  async #watched<T>(
    view: SchemaView,
    { scope }: EngineRequest,
    execute: () => Promise<T>,
    resultOf: (outcome: T) => OperationResult,
  ): Promise<T> {
    const { rollback } = this.#parts;
    try {
      const outcome = await execute();
      rollback?.count(view, failureIn(resultOf(outcome), scope), scope.asker);
      return outcome;
    } catch (error) {
      rollback?.count(view, failureBy(error), scope.asker);
      throw error;
    }
  }

  async #answer(view: SchemaView, request: EngineRequest): Promise<OperationResult> {
    const { operation, denial, variables, scope } = request;
    if (!this.#mayShare('inbound', request)) {
      return this.#execute(view, request);
    }
    const seen = denial ?? operation;
    const shared = this.#inbound.get(seen) ?? new InFlight();
    this.#inbound.set(seen, shared);
    // Others may wait for what one client has left.
    const forAll = { ...request, scope: { ...scope, departure: undefined } };
    const key = `${audienceOf(scope)} ${JSON.stringify(variables)}`;
    const { freshness, attempts } = scope;
    const start = async () => ({ result: await this.#execute(view, forAll), freshness, attempts });
    const { value, isOwn } = await shared.share(key, scope.deadlineMs, start);
    if (isOwn) return value.result;
    if (value.freshness !== undefined) freshness?.include(value.freshness);
    if (value.attempts !== undefined) attempts?.include(value.attempts);
    trace.getActiveSpan()?.setAttribute('graphql.execute.shared', true);
    return value.result;
  }

  /** Executes the operation, and tells how: as it is planned, and what was asked of which subgraph when. */
  async explain(view: SchemaView, request: EngineRequest): Promise<{ result: OperationResult; plan: ExplainedPlan }> {
    const timeline: TimelineEntry[] = [];
    const result = await this.execute(view, { ...request, timeline });
    const plan = await view.plan(request.document, request.operation, request.denial);
    return { result, plan: { text: prettyFormatQueryPlan(plan), timeline } };
  }

  /** How a subscription is planned; its plan stays with it. @throws CodedError as `execute` */
  async subscription(
    view: SchemaView,
    request: Pick<EngineRequest, 'document' | 'operation' | 'denial' | 'scope'>,
  ): Promise<{ prepared: PreparedOperation; labels: OverrideLabels }> {
    const { document, operation, denial, scope } = request;
    const labels = this.#drawLabels(view.candidate.types.overrideLabels);
    const asked = { document, operation, labels, denial };
    const found = readable(() => view.operation(asked, scope, this.#countLookup));
    return { prepared: found instanceof Promise ? await this.#planned(found, scope) : found, labels };
  }

  /** Asks a subgraph for what is no part of a plan. */
  ask(view: SchemaView, asked: PlanRequest, scope: FetchScope): Promise<SubgraphAnswer> {
    const client = view.candidate.clients.get(asked.subgraph);
    if (client === undefined) throw new Error(`a subgraph that the supergraph lacks: ${asked.subgraph}`);
    const ask = this.#pace.timed((request) => client.ask(request, scope));
    return scope.budget === undefined ? ask(asked) : withinBudget(scope.budget, ask)(asked);
  }

  /** @param listener is told of each generation that takes over. @returns what ends that */
  onAdopted(listener: (generation: Generation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #drawLabels(overrideLabels: ReadonlySet<string>): OverrideLabels {
    return overrideLabels.size === 0 ? NO_LABELS : drawLabels(overrideLabels, this.#parts.overrideLabels);
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.retire();
  }

  async #execute(view: SchemaView, request: EngineRequest): Promise<OperationResult> {
    const prepared = this.#prepared(view, request);
    return (prepared instanceof Promise ? await prepared : prepared).execute(this.#executionOf(view, request));
  }

  #prepared(
    view: SchemaView,
    { document, operation, denial, scope, event }: EngineRequest,
    deferredWhen?: DeferredWhen,
  ): PreparedOperation | Promise<PreparedOperation> {
    const labels = event?.labels ?? this.#drawLabels(view.candidate.types.overrideLabels);
    const asked = { document, operation, labels, denial, deferredWhen };
    const found = readable(() => view.operation(asked, scope, this.#countLookup));
    return found instanceof Promise ? this.#planned(found, scope) : found;
  }

  #executionOf(view: SchemaView, request: EngineRequest): Execution {
    const { variables, scope, timeline } = request;
    const { clients, recordings } = view.candidate;
    const isShared = this.#mayShare('subgraph', request);
    const askOne: AskSubgraph = (asked) => {
      const [call] = asked.calls;
      if (request.event !== undefined && call?.kind === 'root' && call.isSubscription)
        return Promise.resolve(request.event.answer);
      const client = clients.get(asked.subgraph);
      if (client === undefined)
        return Promise.reject(new Error(`a subgraph that the supergraph lacks: ${asked.subgraph}`));
      return isShared ? this.#askShared(client, asked, scope) : client.ask(asked, scope);
    };
    const ask = timeline === undefined ? askOne : written(askOne, timeline);
    const timed = this.#pace.timed(ask);
    const apart = (subgraph: string) => clients.get(subgraph)?.apart;
    return {
      apart,
      ...{ variables, patienceMs: this.#pace.patienceMs },
      ask: scope.budget === undefined ? timed : withinBudget(scope.budget, timed),
      entitiesPerFetch: this.#parts.limits.entitiesPerFetch,
      replay: isPlainQuery(request) ? { recordings, audience: () => audienceOf(scope) } : undefined,
    };
  }

  #mayShare(what: keyof SharingOptions, request: EngineRequest): boolean {
    return this.#parts.sharing[what] && isPlainQuery(request);
  }

  async #askShared(client: SubgraphClient, asked: PlanRequest, scope: FetchScope): Promise<SubgraphAnswer> {
    const shared = this.#outbound.get(client) ?? new InFlight();
    this.#outbound.set(client, shared);
    const key = `${audienceOf(scope)} ${asked.variables} ${asked.query}`;
    const startedMs = Date.now();
    // Each counts what it gets: another one's budget is none of theirs.
    const forAll = { ...scope, budget: undefined, departure: undefined };
    const { value, others, isOwn } = await shared.share(key, scope.deadlineMs, () => client.ask(asked, forAll));
    if (value.body !== undefined && scope.budget?.takeBytes(value.body.length) === false) return TOO_LONG;
    if (!isOwn) {
      client.countShared(startedMs);
      scope.attempts?.include(value.isTurnedAway === true ? { sent: 0, turnedAway: 1 } : { sent: 1, turnedAway: 0 });
      scope.freshness?.add(value.cacheControl);
    }
    if (others === 0) return value;
    const { body, isExpected = false } = value;
    if (body === undefined || !isExpected) return { ...value, isShared: true };
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
      throw refusalFor(error);
    } finally {
      const seconds = (performance.now() - startedMs) / 1000;
      metrics.get('graphql_query_plan_duration_seconds').observe({ outcome }, seconds);
    }
  }
}

/** A query of which nobody wants to know how it is executed. */
const isPlainQuery = ({ operation, timeline }: EngineRequest) =>
  operation.operation === OperationTypeNode.QUERY && timeline === undefined;

/** Written out, an operation may be too large before it is even planned. @throws CodedError for that */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof PlanningError ? refusalFor(error) : error;
  }
}

/** @throws CodedError DEADLINE_EXCEEDED when it is not there in time. */
function before<T>(deadlineMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new CodedError('DEADLINE_EXCEEDED'));
    const timer = setTimeout(late, Math.max(0, deadlineMs - performance.now()));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
