import {
  ConfigError,
  createAdminListener,
  createHttpServer,
  createLogger,
  createMetrics,
  createTracing,
  type EventTail,
  Lifecycle,
  type Logger,
  type Metrics,
  type SharedParts,
} from '@tributary/service-kit';
import type { GatewayConfig } from './config/gateway-config.ts';
import { buildGateway, checkSubgraphNames, type Observability } from './engine/build-gateway.ts';
import type { TributaryGateway, TributaryGatewayOptions } from './engine/tributary-gateway.ts';
import { type LinesFollower, ServedLines } from './lines/served-lines.ts';
import { type MemoryShares, memoryShares } from './memory/memory-shares.ts';
import { processMemory } from './memory/process-memory.ts';
import { Door } from './overload/door.ts';
import { showDoorLimit } from './overload/show-door-limit.ts';
import { PersistedDocuments } from './persisted-documents/persisted-documents.ts';
import { addPublicRoutes } from './public-routes.ts';
import { rateLimitsOf } from './rate-limit/rate-limits-of.ts';
import { operationsOf, restFolderOf } from './rest/rest-folder-of.ts';
import { sendBadPath } from './rest/send-refusal.ts';
import { sourceOf } from './sources/source-of.ts';
import { SourceError } from './sources/supergraph-source.ts';
import type { Subscriptions } from './subscriptions/live-operation.ts';
import { subscriptionsOf } from './subscriptions/subscriptions-of.ts';
import { drainTogether } from './transports/drain-together.ts';
import { liveTransports } from './transports/live-transports.ts';
import { usageRecorderOf } from './usage/usage-recorder-of.ts';

/** What a process that also runs other services gives to the gateway; and the supergraph, where it has it. */
export interface GatewayParts extends Pick<SharedParts, 'logDestination' | 'processMetrics'> {
  /** In place of what `supergraph` of the configuration names. */
  supergraphSdl?: TributaryGatewayOptions['supergraphSdl'];
  /** In place of its own. */
  subscriptions?: Subscriptions;
  /** Events that the services of this process publish, in place of a broker's. */
  events?: EventTail;
}

export interface RunningGateway {
  /** Base URL of the public port. */
  readonly url: string;
  readonly adminUrl: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Drains and stops; see Lifecycle. */
  stop(): Promise<void>;
}

/**
 * Builds and starts the gateway: supergraph, then the ports.
 *
 * @throws ConfigError for a supergraph that cannot be read or is none, and a configuration that does not fit it.
 */
export async function startGateway(config: GatewayConfig, parts: GatewayParts = {}): Promise<RunningGateway> {
  const log = createLogger({
    service: 'gateway',
    level: config.log.level,
    ...(parts.logDestination === undefined ? {} : { destination: parts.logDestination }),
  });
  const metrics = createMetrics({ service: 'gateway', processMetrics: parts.processMetrics ?? true });
  const tracing = await createTracing('gateway', config.tracing, { log, metrics });
  const observability = { log, metrics, tracer: tracing.tracer };
  const lines = linesOf(config, log);
  const memory = memoryShares(processMemory(config.memory));
  const documents = persistedDocumentsOf(config, memory, observability);
  const rest = restFolderOf(config);
  const known = () => [...documents.known, ...operationsOf(rest)];
  const door = config.overload.enabled ? doorOf(config) : undefined;
  if (door !== undefined) showDoorLimit(door, metrics);
  const { supergraphSdl } = parts;
  const gateway = await buildGateway(config, { supergraphSdl, lines, trusted: known, door, observability });
  documents.onChanged(() => gateway.engine.knowAnew());
  const { host, port, bodyLimit, keepAliveGrace: keepAliveGraceMs } = config.server;
  const { baggage } = config.tracing;
  const headers = config.hsts === undefined ? {} : strictTransport(config.hsts);
  const http = createHttpServer({
    ...{ host, port, bodyLimitBytes: bodyLimit, keepAliveGraceMs, baggage, headers },
    ...(rest === undefined ? {} : { sendBadPath }),
    ...observability,
  });
  const usage = usageRecorderOf(config.usage, memory.counted, observability);
  const rateLimits = rateLimitsOf(config, observability);
  const built = parts.subscriptions ? undefined : await subscriptionsOf(config, gateway, parts.events, observability);
  const subscriptions = parts.subscriptions ?? built?.subscriptions;
  const live = liveTransports(config, subscriptions, observability);
  const passthrough = addPublicRoutes(http.app, {
    ...{ config, gateway, observability, usage, lines, live, rest, memory, door },
    persistedDocuments: documents,
    rateLimit: rateLimits?.parts,
  });
  const lifecycle = new Lifecycle(log, config.server.drainTimeout);
  const admin = createAdminListener({
    ...config.admin,
    log,
    metrics,
    state: () => lifecycle.state,
    checks: { supergraph: async () => gateway.engine.current },
  });
  await lifecycle.start([
    { name: 'tracing', stop: tracing.shutdown },
    admin,
    // Before the first supergraph, which is to be ready for them.
    documents,
    { name: 'engine', start: () => load(gateway, config.supergraph), stop: () => gateway.stop() },
    ...(built?.components ?? []),
    { name: 'subgraph names', start: () => checkSubgraphNames(config, gateway, log) },
    ...(lines === undefined ? [] : [lines.watching(followLines(gateway, subscriptions))]),
    // Stops after the last request.
    ...(usage === undefined ? [] : [usage]),
    ...(rateLimits?.components ?? []),
    passthrough,
    live.room,
    drainTogether(live.connections, http),
  ]);
  log.info({ port: http.port, admin_port: admin.port }, 'ready');
  return {
    url: `http://127.0.0.1:${http.port}`,
    adminUrl: `http://127.0.0.1:${admin.port}`,
    log,
    metrics,
    stop: () => lifecycle.stop(),
  };
}

/** What waits for half of its time has too little left to be answered in. */
const doorOf = ({ overload, deadline }: GatewayConfig) => new Door({ ...overload.requests, maxWaitMs: deadline / 2 });

const linesOf = ({ lines, supergraphPoll }: GatewayConfig, log: Logger) =>
  lines && new ServedLines({ ...lines, everyMs: supergraphPoll, log });

const followLines = ({ engine }: TributaryGateway, subscriptions: Subscriptions | undefined): LinesFollower => ({
  cut: (majors) => engine.current.cut(majors),
  taken: ({ retired }) => subscriptions?.retire(new Set(retired.map(({ major }) => major))),
});

/** Documents that are known for other reasons are known here too. */
const persistedDocumentsOf = (config: GatewayConfig, { persisted }: MemoryShares, observability: Observability) => {
  const { persistedDocuments, home } = config;
  const folder = persistedDocuments.folder ?? home.documents;
  return new PersistedDocuments({ ...persistedDocuments, folder }, persisted, observability);
};

const strictTransport = (ms: number) => ({ 'strict-transport-security': `max-age=${Math.round(ms / 1000)}` });

async function load(gateway: TributaryGateway, place: string | undefined): Promise<void> {
  await gateway.load().catch((error: Error) => {
    const name = place === undefined ? '' : ` ${sourceOf(place).name}`;
    const isUnread = error instanceof SourceError;
    const message = isUnread ? error.message : `The supergraph${name} cannot be used: ${error.message}`;
    throw new ConfigError(message, { cause: error });
  });
}
