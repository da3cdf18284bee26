import { ApolloGateway, type GatewayConfig, type GraphQLDataSource } from '@apollo/gateway';
import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface';
import { type Tracer, trace } from '@opentelemetry/api';
import {
  ConfigError,
  createLogger,
  createMetrics,
  type Identity,
  type Logger,
  type Metrics,
  type ServiceIdentityIssuer,
} from '@tributary/service-kit';
import { AnswerShapes } from '../subgraphs/answer-shapes.ts';
import { FetchScopes } from '../subgraphs/fetch-scope.ts';
import { SubgraphClient, type SubgraphRequestLimits } from '../subgraphs/subgraph-client.ts';
import { SubgraphDataSource } from '../subgraphs/subgraph-data-source.ts';
import { brokenResult, cleanResult } from './clean-result.ts';
import { plannableRequests } from './plannable.ts';

export interface TributaryGatewayOptions {
  /** The composed supergraph, or what loads and updates it, as for `ApolloGateway`. */
  supergraphSdl: Extract<GatewayConfig, { supergraphSdl: unknown }>['supergraphSdl'];
  /** Routing URLs that replace the supergraph's, by the subgraph's name. */
  subgraphs?: Readonly<Record<string, { url: string }>>;
  /** Default: 5 s, 10 MiB, 64 connections to each subgraph. */
  subgraphRequest?: SubgraphRequestLimits;
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
 * `ApolloGateway` with another way to its subgraphs; in its place in any server:
 * `new ApolloServer({ gateway: new TributaryGateway({ supergraphSdl }) })`.
 *
 * Loading and updating the supergraph stay Apollo's. `executor` is the seam (docs/adr/0001).
 */
export class TributaryGateway extends ApolloGateway {
  /** Where a server that knows more of a request than its headers says so, before it calls `executor`. */
  readonly scopes: FetchScopes;
  readonly #clients: Set<SubgraphClient>;
  readonly #urls: Map<string, string>;
  #plannable: ReturnType<typeof plannableRequests> | undefined;

  constructor(options: TributaryGatewayOptions) {
    const log = options.log ?? createLogger({ service: 'gateway', level: 'warn' });
    const scopes = new FetchScopes(options.deadlineMs ?? 10_000, options.identify);
    const shapes = new AnswerShapes();
    const clients = new Set<SubgraphClient>();
    const urls = new Map<string, string>();
    const parts = {
      limits: options.subgraphRequest ?? { timeoutMs: 5000, maxResponseBytes: 10 * 1024 ** 2, connections: 64 },
      issuer: options.issuer,
      log,
      metrics: options.metrics ?? createMetrics({ service: 'gateway', processMetrics: false }),
      tracer: options.tracer ?? trace.getTracer('gateway'),
    };
    const buildService = ({ name, url = '' }: { name: string; url?: string | undefined }): GraphQLDataSource => {
      const target = options.subgraphs?.[name]?.url ?? url;
      if (!URL.canParse(target)) throw new ConfigError(`subgraphs.${name}.url: the supergraph names none`);
      const client = new SubgraphClient(name, target, parts);
      clients.add(client);
      urls.set(name, target);
      return new SubgraphDataSource(name, { client, scopes, shapes });
    };
    // Apollo reads it in the constructor; there is no option for it.
    process.env.APOLLO_TELEMETRY_DISABLED = '1';
    super({
      supergraphSdl: options.supergraphSdl as string,
      buildService,
      logger: apolloLogger(log),
      __exposeQueryPlanExperimental: false,
      validateSupergraph: true,
    });
    this.scopes = scopes;
    this.#clients = clients;
    this.#urls = urls;
    this.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
      shapes.use(apiSchema);
      this.#plannable = plannableRequests(apiSchema, coreSupergraphSdl);
    });

    const execute = this.executor;
    this.executor = async (request) => {
      const { requestId } = scopes.get(request);
      try {
        return await this.#execute(execute, request);
      } catch (error) {
        log.error({ request_id: requestId, err: error }, 'executor failed');
        return brokenResult(requestId);
      }
    };
  }

  /** Gives Apollo's executor what it can plan, and the client what it may see. */
  async #execute(execute: GatewayExecutor, request: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const scope = this.scopes.get(request);
    const plannable = this.#plannable?.(request);
    if (plannable === undefined) throw new Error('no supergraph is loaded');
    this.scopes.set(plannable.request, scope);
    const result = await execute(plannable.request);
    return plannable.resultOf(cleanResult(result, plannable.request, scope.requestId));
  }

  /** Where each subgraph is asked, by its name. */
  get subgraphUrls(): ReadonlyMap<string, string> {
    return this.#urls;
  }

  override async stop(): Promise<void> {
    await super.stop();
    await Promise.all([...this.#clients].map((client) => client.close()));
  }
}

/** Apollo's messages in our log; what it calls information is detail to us. */
const apolloLogger = (log: Logger) => ({
  debug: (message: string) => log.trace(message),
  info: (message: string) => log.debug(message),
  warn: (message: string) => log.warn(message),
  error: (message: string) => log.error(message),
});
