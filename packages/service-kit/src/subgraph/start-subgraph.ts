import { fileURLToPath } from 'node:url';
import type { DestinationStream } from 'pino';
import type { z } from 'zod';
import { createAdminListener } from '../admin/admin-listener.ts';
import { ConfigError } from '../config/load-config.ts';
import type { subgraphConfig } from '../config/service-config.ts';
import type { Database, DatabaseOptions } from '../database/database.ts';
import { postgresDatabase } from '../database/postgres-database.ts';
import { startConsumer } from '../events/consumer.ts';
import type { EventBus } from '../events/event-bus.ts';
import { inProcessBus } from '../events/in-process-bus.ts';
import { createOutbox, type Outbox } from '../events/outbox.ts';
import { createHttpServer } from '../http/http-server.ts';
import { createServiceIdentityIssuer, createServiceIdentityVerifier } from '../identity/service-identity.ts';
import { type Component, Lifecycle } from '../lifecycle/lifecycle.ts';
import { periodicJob } from '../lifecycle/periodic-job.ts';
import { createLogger, type Logger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { createTracing } from '../tracing/tracing.ts';
import type { SubgraphDefinition } from './define-subgraph.ts';
import { graphqlEndpoint } from './graphql-endpoint.ts';

/** What a process that runs several subgraphs gives to each of them instead of their own. */
export interface SharedParts {
  openDatabase?(options: DatabaseOptions): Database;
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
  const log = createLogger({
    service: name,
    level: config.log.level,
    ...(shared.logDestination === undefined ? {} : { destination: shared.logDestination }),
  });
  const metrics = createMetrics({ service: name, processMetrics: shared.processMetrics ?? true });
  const tracing = await createTracing(name, config.tracing);
  const { tracer } = tracing;
  const database = openDatabase(definition, config, shared, log);
  const bus = shared.bus ?? inProcessBus();
  const outbox = createOutbox({
    service: name,
    database,
    table: definition.events.outbox,
    bus,
    log,
    metrics,
    pollMs: config.events.pollInterval,
  });
  const issuer =
    config.identity.key && (await createServiceIdentityIssuer(name, JSON.parse(config.identity.key.reveal())));
  const kit = { config, log, metrics, tracer, database, emit: outbox.emit, issuer };
  const subgraph = await definition.create(kit);

  const http = createHttpServer({
    host: config.server.host,
    port: config.server.port,
    bodyLimitBytes: config.server.bodyLimit,
    log,
    metrics,
    tracer,
  });
  subgraph.routes?.(http.app);
  const lifecycle = new Lifecycle(log, config.server.drainTimeout);
  const admin = createAdminListener({
    host: config.admin.host,
    port: config.admin.port,
    metrics,
    state: () => lifecycle.state,
    checks: { database: database.ping },
  });

  const components: Component[] = [
    { name: 'tracing', stop: tracing.shutdown },
    admin,
    database,
    { name: 'migrations', start: () => (config.database.migrateOnStart ? database.migrate() : undefined) },
    {
      name: 'consumer',
      start: () =>
        startConsumer({
          consumer: name,
          handlers: subgraph.handlers ?? [],
          database,
          table: definition.events.inbox,
          bus,
          log,
          metrics,
          tracer,
        }),
    },
    outbox,
    { name: 'demo data', start: () => (config.demoData ? subgraph.addDemoData?.() : undefined) },
    ...(subgraph.jobs ?? []).map((job) => periodicJob(job, log)),
    graphqlEndpoint({
      app: http.app,
      schemaFile: new URL('schema.graphql', definition.folder),
      subgraph,
      verifier: createServiceIdentityVerifier(name, config.identity.trusted as never),
      introspection: config.introspection,
      log,
    }),
    http,
  ];
  await lifecycle.start(components);
  log.info({ port: http.port, admin_port: admin.port }, 'ready');
  return {
    name,
    url: `http://127.0.0.1:${http.port}`,
    adminUrl: `http://127.0.0.1:${admin.port}`,
    log,
    metrics,
    database,
    outbox,
    stop: () => lifecycle.stop(),
  };
}

function openDatabase<S extends typeof subgraphConfig>(
  definition: SubgraphDefinition<S>,
  config: z.output<S>,
  shared: SharedParts,
  log: Logger,
): Database {
  const options = {
    service: definition.name,
    migrationsFolder: fileURLToPath(new URL('migrations', definition.folder)),
  };
  if (shared.openDatabase !== undefined) return shared.openDatabase(options);
  const { url, poolSize, connectTimeout, statementTimeout } = config.database;
  if (url === undefined)
    throw new ConfigError('The configuration is wrong:\n  - database.url: expected a postgres:// URL');
  return postgresDatabase({
    ...options,
    url: url.reveal(),
    poolSize,
    connectTimeoutMs: connectTimeout,
    statementTimeoutMs: statementTimeout,
    log,
  });
}
