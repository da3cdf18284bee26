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
  type Logger,
  type Metrics,
  type ServiceIdentityIssuer,
  withoutValue,
} from '@tributary/service-kit';
import { GraphQLError, getVariableValues } from 'graphql';
import { scopeOf } from '../subgraphs/fetch-scope.ts';
import type { SubgraphRequestLimits } from '../subgraphs/subgraph-client.ts';
import { Engine } from './engine.ts';
import { SubgraphClients } from './subgraph-clients.ts';

type SupergraphSdlOption = Extract<GatewayConfig, { supergraphSdl: unknown }>['supergraphSdl'];

export interface TributaryGatewayOptions {
  /** The composed supergraph, or what loads and updates it, as for `ApolloGateway`. */
  supergraphSdl: SupergraphSdlOption;
  /** Routing URLs that replace the supergraph's, by the subgraph's name. */
  subgraphs?: Readonly<Record<string, { url: string }>>;
  /** Default: 5 s, 10 MiB, 64 connections to each subgraph. */
  subgraphRequest?: SubgraphRequestLimits;
  /** Labels of `@override(label:)` that are on; `percent(n)` is drawn for each request. Default: none. */
  overrideLabels?: readonly string[];
  /** The longest that one request may take, in milliseconds. Default 10 000. */
  deadlineMs?: number;
  /** Signs who asks, for subgraphs that want to know (docs/adr/0003). Default: subgraphs are asked without a token. */
  issuer?: ServiceIdentityIssuer;
  /** On whose behalf a request is, from the context that the server made for it. Default: nobody's. */
  identify?: (context: Record<string, unknown>) => Identity;
  /** Default: warnings and errors, as JSON lines on standard output. */
  log?: Logger;
  metrics?: Metrics;
  tracer?: Tracer;
}

/**
 * `ApolloGateway` with an engine of its own; in its place in any server:
 * `new ApolloServer({ gateway: new TributaryGateway({ supergraphSdl }) })`.
 *
 * Loading and updating the supergraph stay Apollo's. `executor` is the seam (docs/adr/0001).
 */
export class TributaryGateway extends ApolloGateway {
  readonly engine: Engine;
  readonly #clients: SubgraphClients;
  readonly #deadlineMs: number;
  readonly #identify: (context: Record<string, unknown>) => Identity;
  readonly #log: Logger;

  constructor(options: TributaryGatewayOptions) {
    const log = options.log ?? createLogger({ service: 'gateway', level: 'warn' });
    const parts = {
      log,
      metrics: options.metrics ?? createMetrics({ service: 'gateway', processMetrics: false }),
      tracer: options.tracer ?? trace.getTracer('gateway'),
    };
    const limits = options.subgraphRequest ?? { timeoutMs: 5000, maxResponseBytes: 10 * 1024 ** 2, connections: 64 };
    const clients = new SubgraphClients({ limits, issuer: options.issuer, ...parts });
    const engine = new Engine({
      ...{ clients, urls: options.subgraphs ?? {}, overrideLabels: new Set(options.overrideLabels) },
      ...parts,
    });
    // Apollo reads it in the constructor; there is no option for it.
    process.env.APOLLO_TELEMETRY_DISABLED = '1';
    super({
      supergraphSdl: prepared(managerOf(options.supergraphSdl), engine, log),
      logger: apolloLogger(log),
      __exposeQueryPlanExperimental: false,
      validateSupergraph: true,
    });
    this.engine = engine;
    this.#clients = clients;
    this.#deadlineMs = options.deadlineMs ?? 10_000;
    this.#identify = options.identify ?? (() => anonymous);
    this.#log = log;
    this.onSchemaLoadOrUpdate(({ apiSchema }) => engine.adopt(apiSchema));
    this.executor = (request) => this.#execute(request);
  }

  /** Where each subgraph is asked, by its name. */
  get subgraphUrls(): ReadonlyMap<string, string> {
    return this.engine.current.candidate.urls;
  }

  override async load(...parameters: Parameters<ApolloGateway['load']>): ReturnType<ApolloGateway['load']> {
    try {
      return await super.load(...parameters);
    } catch (error) {
      this.engine.close();
      throw error;
    }
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.engine.close();
    await this.#clients.close();
  }

  async #execute(context: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const { document, operation, schema, request } = context;
    const scope = scopeOf(request.http?.headers, this.#identify(context.context), this.#deadlineMs);
    const { requestId } = scope;
    const generation = this.engine.of(schema).enter();
    try {
      const definitions = operation.variableDefinitions ?? [];
      const { coerced: variables, errors: invalid } = getVariableValues(schema, definitions, request.variables ?? {});
      if (variables === undefined) {
        return {
          errors: invalid.map(({ message }) => clientError('BAD_USER_INPUT', withoutValue(message), requestId)),
        };
      }
      const { data, errors } = await this.engine.execute(generation, { document, operation, variables, scope });
      if (errors.length === 0) return { data: JSON.parse(data) };
      return {
        data: JSON.parse(data),
        errors: errors.map(({ code, message, path }) => clientError(code, message, requestId, path)),
      };
    } catch (error) {
      if (error instanceof CodedError) return { errors: [clientError(error.code, error.message, requestId)] };
      this.#log.error({ request_id: requestId, err: error }, 'executor failed');
      const { message } = errorCatalogue.INTERNAL_SERVER_ERROR;
      return { data: null, errors: [clientError('INTERNAL_SERVER_ERROR', message, requestId)] };
    } finally {
      generation.leave();
    }
  }
}

const clientError = (code: string, message: string, requestId: string, path?: readonly (string | number)[]) =>
  new GraphQLError(message, { path, extensions: { code, requestId } });

function managerOf(option: SupergraphSdlOption): SupergraphManager {
  if (typeof option === 'string') return { initialize: async () => ({ supergraphSdl: option }) };
  return typeof option === 'function' ? { initialize: option } : (option as SupergraphManager);
}

/** The manager, whose supergraphs reach the gateway when the engine is ready for them. */
const prepared = (manager: SupergraphManager, engine: Engine, log: Logger): SupergraphManager => ({
  async initialize({ update, ...options }) {
    let turn: Promise<unknown> = Promise.resolve();
    const offer = async (supergraphSdl: string) => {
      try {
        await engine.prepare(supergraphSdl);
        update(supergraphSdl);
      } catch (error) {
        log.error({ err: error }, 'the new supergraph is refused: the one before it stays');
      } finally {
        // Also of one that is the same as before.
        engine.discard();
      }
    };
    const result = await manager.initialize({
      ...options,
      update(supergraphSdl) {
        engine.check(supergraphSdl);
        turn = turn.then(() => offer(supergraphSdl));
      },
    });
    await engine.prepare(result.supergraphSdl);
    return result;
  },
});

/** Apollo's messages in our log; what it calls information is detail to us. */
const apolloLogger = (log: Logger) => ({
  debug: (message: string) => log.trace(message),
  info: (message: string) => log.debug(message),
  warn: (message: string) => log.warn(message),
  error: (message: string) => log.error(message),
});
