import { ApolloGateway, type GatewayConfig, type SupergraphManager } from '@apollo/gateway';
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type Tracer, trace } from '@opentelemetry/api';
import {
  anonymous,
  CodedError,
  createLogger,
  createMetrics,
  errorCatalogue,
  type Identity,
  inOperation,
  type Logger,
  type Metrics,
  operationName,
  type ServiceIdentityIssuer,
  withoutValue,
} from '@tributary/service-kit';
import { GraphQLError, type GraphQLSchema, getVariableValues, OperationTypeNode } from 'graphql';
import type { AuthorizationOptions } from '../authorization/authorization-options.ts';
import { policyFor } from '../http/cache-headers.ts';
import { EXECUTION_LIMITS, type ExecutionLimits } from '../limits/execution-limits.ts';
import { type CountLimit, limitCounter } from '../limits/limit-counter.ts';
import { LimitExceeded } from '../limits/limit-exceeded.ts';
import { memoryShares } from '../memory/memory-shares.ts';
import { processMemory } from '../memory/process-memory.ts';
import { planLimits } from '../planner/plan-limits.ts';
import { PlannerThreads } from '../planner/planner-threads.ts';
import type { ResilienceOptions } from '../resilience/resilience-options.ts';
import type { LastGoodFile } from '../sources/last-good-file.ts';
import { scopeOf } from '../subgraphs/fetch-scope.ts';
import { Freshness } from '../subgraphs/freshness.ts';
import type { SubgraphRequestLimits } from '../subgraphs/subgraph-client.ts';
import { Engine, type SharingOptions } from './engine.ts';
import type { Generation, KnownOperation } from './generation.ts';
import { managerHooks } from './manager-hooks.ts';
import { PlanCheck, type PlanCheckParts } from './plan-check.ts';
import { RollbackWatch } from './rollback-watch.ts';
import { SubgraphClients, type SubgraphOptions } from './subgraph-clients.ts';
import { SupergraphUpdates } from './supergraph-updates.ts';

type SchemaListener = Parameters<ApolloGateway['onSchemaLoadOrUpdate']>[0];
type SupergraphSdlOption = Extract<GatewayConfig, { supergraphSdl: unknown }>['supergraphSdl'];

/** What happens when another supergraph takes over. */
export interface SwapOptions {
  /** Whether the one before it returns when more requests fail by the new one. Default true. */
  rollback?: boolean;
  /** For so long after a swap. Default 60 000. */
  windowMs?: number;
  /** What a supergraph is answered by which `documents` take more requests to subgraphs. Default `off`: it is not asked. */
  planRegression?: 'off' | PlanCheckParts['mode'];
}

const SUBGRAPH_REQUEST: SubgraphRequestLimits = {
  ...{ timeoutMs: 5000, maxResponseBytes: 10 * 1024 ** 2 },
  connections: 64,
};

/** Of all gateways in this process that have as much memory. */
const THREADS = new Map<number, PlannerThreads>();

export interface TributaryGatewayOptions {
  /** The composed supergraph, or what loads and updates it, as for `ApolloGateway`. */
  supergraphSdl: SupergraphSdlOption;
  /** By the subgraph's name. */
  subgraphs?: Readonly<Record<string, SubgraphOptions>>;
  /** Default: 5 s, 10 MiB, 64 connections to each subgraph. */
  subgraphRequest?: SubgraphRequestLimits;
  /** What one request may cost behind the gateway. Default: `EXECUTION_LIMITS`. */
  limits?: Partial<ExecutionLimits>;
  /** How subgraphs' failures are met: breakers, and what is sent once more. Default: `defaultResilience`. */
  resilience?: ResilienceOptions;
  /** What identical queries share that are under way at the same time. Default: nothing. */
  sharing?: SharingOptions;
  /**
   * What the process may take, in bytes: caches and planners get their shares of it (docs/performance.md, "Memory"). Default:
   * what its container has.
   */
  memoryBytes?: number;
  /** Memory for executions that are compared with what subgraphs say. Default: its share, 32 MiB at most; 0: none are kept. */
  recordedBytes?: number;
  /** Labels of `@override(label:)` that are on; `percent(n)` is drawn for each request. Default: none. */
  overrideLabels?: readonly string[];
  /** Keeps the supergraph that serves, for a start while there is none. Default: nothing does. */
  lastGood?: LastGoodFile;
  swap?: SwapOptions;
  /** Operations that clients are known to ask for, as they are now: planned before they do. Default: none. */
  documents?: () => readonly KnownOperation[];
  /** Whether the schema has `@defer` and `@stream`, for a server that delivers answers in parts. Default false. */
  incrementalDelivery?: boolean;
  /** Majors of the API's version lines at the moment, each of which gets a schema of its own. Default: there are none. */
  lines?: () => readonly number[];
  /** The longest that one request may take, in milliseconds. Default 10 000. */
  deadlineMs?: number;
  /** Signs who asks, for subgraphs that want to know (docs/adr/0003). Default: subgraphs are asked without a token. */
  issuer?: ServiceIdentityIssuer;
  /** On whose behalf a request is, from the context that the server made for it. Default: nobody's. */
  identify?: (context: Record<string, unknown>) => Identity;
  /**
   * Who may see what, where the supergraph says `@authenticated`, `@requiresScopes` or `@policy`. Default: fields that the
   * caller may not see are null, and no policy holds. Without it and without `identify` such a supergraph is refused.
   */
  authorization?: Partial<AuthorizationOptions>;
  /** Default: warnings and errors, as JSON lines on standard output. */
  log?: Logger;
  metrics?: Metrics;
  tracer?: Tracer;
}

/**
 * `ApolloGateway` with an engine of its own; in its place in any server:
 * `new ApolloServer({ gateway: new TributaryGateway({ supergraphSdl }) })`.
 *
 * Supergraphs come from Apollo's managers or others with their interface. `executor` is the seam (docs/adr/0001).
 */
export class TributaryGateway extends ApolloGateway {
  readonly engine: Engine;
  readonly #clients: SubgraphClients;
  readonly #deadlineMs: number;
  readonly #identify: (context: Record<string, unknown>) => Identity;
  readonly #log: Logger;
  readonly #countLimit: CountLimit;
  readonly #manager: SupergraphManager;
  readonly #updates: SupergraphUpdates;
  readonly #listeners = new Set<SchemaListener>();

  constructor(options: TributaryGatewayOptions) {
    const log = options.log ?? createLogger({ service: 'gateway', level: 'warn' });
    const parts = {
      log,
      metrics: options.metrics ?? createMetrics({ service: 'gateway', processMetrics: false }),
      tracer: options.tracer ?? trace.getTracer('gateway'),
    };
    const limits = options.subgraphRequest ?? SUBGRAPH_REQUEST;
    const { subgraphs = {} } = options;
    const clients = new SubgraphClients(
      { limits, resilience: options.resilience, issuer: options.issuer, ...parts },
      subgraphs,
    );
    const { windowMs = 60_000, planRegression = 'off' } = options.swap ?? {};
    const { documents = () => [] } = options;
    const rollback = (options.swap?.rollback ?? true) ? new RollbackWatch(windowMs) : undefined;
    const { lastGood } = options;
    const memory = memoryShares(processMemory(options.memoryBytes));
    const engine = new Engine({
      ...{ rollback, threads: threadsFor(memory.processBytes), documents },
      ...{ clients, subgraphs, overrideLabels: new Set(options.overrideLabels) },
      sharing: options.sharing ?? { inbound: false, subgraph: false },
      lines: options.lines ?? (() => []),
      incrementalDelivery: options.incrementalDelivery ?? false,
      memory: { ...memory, recordings: options.recordedBytes ?? memory.recordings },
      limits: { ...EXECUTION_LIMITS, ...options.limits },
      authorization: authorizationOf(options),
      ...parts,
    });
    // Apollo reads it in the constructor; there is no option for it.
    process.env.APOLLO_TELEMETRY_DISABLED = '1';
    const manager = managerOf(options.supergraphSdl);
    super({ supergraphSdl: manager, logger: apolloLogger(log), __exposeQueryPlanExperimental: false });
    this.engine = engine;
    this.#clients = clients;
    this.#deadlineMs = options.deadlineMs ?? 10_000;
    this.#identify = options.identify ?? (() => anonymous);
    this.#log = log;
    this.#countLimit = limitCounter(parts.metrics);
    this.#manager = manager;
    this.#updates = new SupergraphUpdates({
      ...{ engine, rollback, lastGood, log, metrics: parts.metrics },
      planCheck: planRegression === 'off' ? undefined : new PlanCheck({ documents, mode: planRegression, log }),
      adopted: (generation) => this.#announce(generation),
    });
    this.executor = (request) => this.#execute(request);
  }

  /** Where each subgraph is asked, by its name. */
  get subgraphUrls(): ReadonlyMap<string, string> {
    return this.engine.current.candidate.urls;
  }

  /**
   * In place of Apollo's, which builds schema and planner on the event loop: 300 ms for the shop's supergraph, at each
   * update, in which no request is answered.
   */
  override async load(): ReturnType<ApolloGateway['load']> {
    try {
      await this.#updates.start(this.#manager, managerHooks);
    } catch (error) {
      this.engine.close();
      throw error;
    }
    return { schema: this.engine.current.schema, executor: this.executor };
  }

  override onSchemaLoadOrUpdate(listener: SchemaListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  override onSchemaChange(listener: (schema: GraphQLSchema) => void): () => void {
    return this.onSchemaLoadOrUpdate(({ apiSchema }) => listener(apiSchema));
  }

  override async stop(): Promise<void> {
    await this.#updates.stop();
    this.engine.close();
    await this.#clients.close();
  }

  #announce({ schema, candidate }: Generation): void {
    for (const listener of this.#listeners) {
      try {
        listener({ apiSchema: schema, coreSupergraphSdl: candidate.supergraphSdl });
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of the schema failed');
      }
    }
  }

  #execute(context: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const { operation, request } = context;
    const scope = scopeOf(request.http?.headers, this.#identify(context.context), this.#deadlineMs);
    const fields = { operation: operationName(operation), operation_type: operation.operation };
    return inOperation({ requestId: scope.requestId, fields }, () => this.#executeIn(context, scope));
  }

  async #executeIn(
    context: GatewayGraphQLRequestContext,
    headerScope: ReturnType<typeof scopeOf>,
  ): Promise<GatewayExecutionResult> {
    const { document, operation, schema, request } = context;
    const scope = {
      ...headerScope,
      budget: this.engine.newBudget(),
      freshness: operation.operation === OperationTypeNode.QUERY ? new Freshness() : undefined,
    };
    const { requestId, identity } = scope;
    const generation = this.engine.of(schema).enter();
    try {
      const definitions = operation.variableDefinitions ?? [];
      const { coerced: variables, errors: invalid } = getVariableValues(schema, definitions, request.variables ?? {});
      if (variables === undefined) {
        return {
          errors: invalid.map(({ message }) => clientError('BAD_USER_INPUT', withoutValue(message), requestId)),
        };
      }
      const asked = { document, operation, variables, identity, requestId };
      const { denial, refusals } = this.engine.authorise(generation, asked);
      if (refusals.length > 0) {
        return { errors: refusals.map(({ code, message, path }) => clientError(code, message, requestId, path)) };
      }
      const { data, errors } = await this.engine.execute(generation, { document, operation, variables, denial, scope });
      const policy = policyFor(scope.identity, scope.freshness?.policy);
      context.overallCachePolicy?.restrict({
        maxAge: policy?.maxAgeSeconds ?? 0,
        scope: policy?.isPublic === true ? 'PUBLIC' : 'PRIVATE',
      });
      if (errors.length === 0) return { data: JSON.parse(data) };
      return {
        data: JSON.parse(data),
        errors: errors.map(({ code, message, path }) => clientError(code, message, requestId, path)),
      };
    } catch (error) {
      if (error instanceof LimitExceeded) this.#countLimit(error.limit);
      if (error instanceof CodedError) return { errors: [clientError(error.code, error.message, requestId)] };
      this.#log.error({ request_id: requestId, err: error }, 'executor failed');
      const { message } = errorCatalogue.INTERNAL_SERVER_ERROR;
      return { data: null, errors: [clientError('INTERNAL_SERVER_ERROR', message, requestId)] };
    } finally {
      generation.leave();
    }
  }
}

function threadsFor(processBytes: number): PlannerThreads {
  const threads = THREADS.get(processBytes) ?? new PlannerThreads(planLimits(processBytes));
  THREADS.set(processBytes, threads);
  return threads;
}

const authorizationOf = ({ identify, authorization }: TributaryGatewayOptions): AuthorizationOptions | undefined =>
  identify === undefined && authorization === undefined
    ? undefined
    : { onDenied: 'filter', policies: {}, ...authorization };

const clientError = (code: string, message: string, requestId: string, path?: readonly (string | number)[]) =>
  new GraphQLError(message, { path, extensions: { code, requestId } });

function managerOf(option: SupergraphSdlOption): SupergraphManager {
  if (typeof option === 'string') return { initialize: async () => ({ supergraphSdl: option }) };
  return typeof option === 'function' ? { initialize: option } : (option as SupergraphManager);
}

/** Apollo's messages in our log; what it calls information is detail to us. */
const apolloLogger = (log: Logger) => ({
  debug: (message: string) => log.trace(message),
  info: (message: string) => log.debug(message),
  warn: (message: string) => log.warn(message),
  error: (message: string) => log.error(message),
});
