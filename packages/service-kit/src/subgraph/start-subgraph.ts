import type { DestinationStream } from 'pino';
import type { z } from 'zod';
import { createAdminListener } from '../admin/admin-listener.ts';
import { ConfigError } from '../config/load-config.ts';
import type { SubgraphConfig, subgraphConfig } from '../config/service-config.ts';
import type { Database, DatabaseOptions } from '../database/database.ts';
import { createConsumer } from '../events/consumer.ts';
import type { EventBus } from '../events/event-bus.ts';
import { createOutbox, type Outbox } from '../events/outbox.ts';
import { pruneEvents } from '../events/prune-events.ts';
import { createHttpServer } from '../http/http-server.ts';
import { createServiceClient } from '../http/service-client.ts';
import { createServiceIdentityIssuer, createServiceIdentityVerifier } from '../identity/service-identity.ts';
import { type Component, Lifecycle } from '../lifecycle/lifecycle.ts';
import { periodicJob } from '../lifecycle/periodic-job.ts';
import { createLogger, type Logger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { createTracing } from '../tracing/tracing.ts';
import type { ServiceKit, Subgraph, SubgraphDefinition } from './define-subgraph.ts';
import { graphqlEndpoint } from './graphql-endpoint.ts';
import { openDatabase } from './open-database.ts';

/** What a process that runs several subgraphs gives to each of them instead of their own. */
export interface SharedParts {
  openDatabase?(options: DatabaseOptions): Database;
  /** Default: NATS where `events.nats` is configured; without it, events wait in the outbox. */
  bus?: EventBus;
  logDestination?: DestinationStream;
  /** Export Node's own metrics; once per process. Default true. */
  processMetrics?: boolean;
}

export interface RunningSubgraph {
  readonly name: string;
  /** Base URL of the public port. */
  readonly url: string;
  readonly adminUrl: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly outbox: Outbox;
  /** Drains and stops; see Lifecycle. */
  stop(): Promise<void>;
}

/** Builds and starts a subgraph: database, migrations, events, jobs, then the ports. */
export async function startSubgraph<S extends typeof subgraphConfig>(
  definition: SubgraphDefinition<S>,
  config: z.output<S>,
  shared: SharedParts = {},
): Promise<RunningSubgraph> {
  const { name } = definition;
  const parts = await createParts(definition, config, shared);
  const { log, metrics, tracer, database, outbox } = parts;
  const serviceClient = await serviceClients(definition, config);
  const emit = outbox.emit;
  const subgraph = await definition.create({ config, log, metrics, tracer, database, emit, serviceClient });

  const { host, port, bodyLimit, drainTimeout, keepAliveGrace: keepAliveGraceMs } = config.server;
  const { baggage } = config.tracing;
  const http = createHttpServer({
    ...{ host, port, bodyLimitBytes: bodyLimit, keepAliveGraceMs },
    ...{ log, metrics, tracer, baggage },
  });
  subgraph.routes?.(http.app);
  const lifecycle = new Lifecycle(log, drainTimeout);
  const state = () => lifecycle.state;
  const admin = createAdminListener({ ...config.admin, log, metrics, state, checks: { database: database.ping } });
  await lifecycle.start([
    { name: 'tracing', stop: parts.stopTracing },
    admin,
    database,
    { name: 'migrations', start: () => (config.database.migrateOnStart ? database.migrate() : undefined) },
    ...eventComponents(definition, config, parts, subgraph, shared.bus === undefined),
    { name: 'demo data', start: () => (config.demoData ? subgraph.addDemoData?.() : undefined) },
    ...(subgraph.components ?? []),
    ...(subgraph.jobs ?? []).map((job) => periodicJob(job, log)),
    graphqlEndpoint({
      app: http.app,
      folder: definition.folder,
      subgraph,
      verifier: createServiceIdentityVerifier(name, config.identity.trusted),
      introspection: config.introspection,
      log,
      metrics,
      tracer: config.tracing.enabled ? tracer : undefined,
    }),
    http,
  ]);
  log.info({ port: http.port, admin_port: admin.port }, 'ready');
  const url = `http://127.0.0.1:${http.port}`;
  const adminUrl = `http://127.0.0.1:${admin.port}`;
  return { name, url, adminUrl, log, metrics, database, outbox, stop: () => lifecycle.stop() };
}

type Parts = Awaited<ReturnType<typeof createParts>>;

/** What the subgraph is built from, before it is. */
async function createParts<S extends typeof subgraphConfig>(
  definition: SubgraphDefinition<S>,
  config: z.output<S>,
  shared: SharedParts,
) {
  const service = definition.name;
  const destination = shared.logDestination;
  const log = createLogger({ service, level: config.log.level, ...(destination === undefined ? {} : { destination }) });
  const metrics = createMetrics({ service, processMetrics: shared.processMetrics ?? true });
  const { tracer, shutdown } = await createTracing(service, config.tracing, { log, metrics });
  const database = openDatabase(
    definition,
    config,
    log,
    { tracer: config.tracing.enabled ? tracer : undefined, metrics },
    shared.openDatabase,
  );
  const bus = shared.bus ?? (await openBus(service, config, log, metrics));
  const table = definition.events.outbox;
  const outbox = createOutbox({
    service,
    database,
    table,
    bus,
    log,
    metrics,
    tracer,
    pollMs: config.events.pollInterval,
  });
  return { log, metrics, tracer, stopTracing: shutdown, database, bus, outbox };
}

/** @throws ConfigError when the subgraph calls others and has no key to sign with. */
async function serviceClients(
  { name: service, calls = [] }: Pick<SubgraphDefinition, 'name' | 'calls'>,
  { identity: { key } }: SubgraphConfig,
): Promise<ServiceKit['serviceClient']> {
  if (key === undefined && calls.length > 0) {
    throw new ConfigError(
      `The configuration is wrong:\n  - identity.key: expected, since ${service} calls ${calls.join(', ')}`,
    );
  }
  const issuer = key && (await createServiceIdentityIssuer(service, JSON.parse(key.reveal())));
  return (target, url) => {
    if (issuer === undefined || !calls.includes(target))
      throw new Error(`${service} does not say that it calls ${target}`);
    return createServiceClient({ service, issuer, target, url });
  };
}

/** The broker's client is loaded only where there is a broker. */
async function openBus(service: string, { events }: SubgraphConfig, log: Logger, metrics: Metrics) {
  if (events.nats === undefined) return undefined;
  const { natsBus } = await import('../events/nats/nats-bus.ts');
  return natsBus({ config: events.nats, service, log, metrics });
}

/** What hears, says and forgets events. Consumers subscribe before the bus starts; the outbox is the first to stop. */
function eventComponents<S extends typeof subgraphConfig>(
  { name, events }: SubgraphDefinition<S>,
  config: z.output<S>,
  { log, metrics, tracer, database, bus, outbox }: Parts,
  { handlers = [] }: Subgraph,
  isOwnBus: boolean,
): Component[] {
  const { keepPublished, keepHandled, maxAttempts } = config.events;
  const prune = pruneEvents({
    consumer: name,
    database,
    tables: events,
    keepPublishedMs: keepPublished,
    keepHandledMs: keepHandled,
  });
  const components = [outbox, periodicJob(prune, log)];
  if (bus === undefined) return components;
  const consumer = createConsumer({
    consumer: name,
    handlers,
    database,
    tables: events,
    bus,
    maxAttempts,
    log,
    metrics,
    tracer,
  });
  return [consumer, ...(isOwnBus ? [bus] : []), periodicJob(consumer.redrive, log), ...components];
}
