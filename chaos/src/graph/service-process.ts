import { flushCompileCache } from 'node:module';
import {
  ConfigError,
  createLogger,
  createMetrics,
  errorFields,
  exitOnSignals,
  loadConfig,
  natsBus,
  postgresDatabase,
  type SubgraphDefinition,
  startSubgraph,
} from '@tributary/service-kit';
import { listenForArms } from '../steps/step-points.ts';
import { watchBus } from '../steps/watched-bus.ts';
import { watchDatabase } from '../steps/watched-database.ts';
import { watchSubgraph } from '../steps/watched-subgraph.ts';
import { openWorkJournal } from '../steps/work-journal.ts';

/**
 * Runs a subgraph as its `src/main.ts` does, with parts that can be killed at named steps. The process's arguments: file of
 * its configuration, file of its work journal.
 */
export async function runService(service: string, definition: SubgraphDefinition): Promise<void> {
  try {
    await startService(service, definition);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : errorFields(error));
    process.exit(1);
  }
  // What is killed writes no cache when it ends.
  flushCompileCache();
}

async function startService(service: string, definition: SubgraphDefinition): Promise<void> {
  const [configFile = '', journalFile = ''] = process.argv.slice(2);
  const config = loadConfig(definition.config, { files: [configFile], environment: {} });
  const { nats } = config.events;
  const { url, poolSize, connectTimeout, statementTimeout } = config.database;
  if (nats === undefined || url === undefined) throw new ConfigError('events.nats and database.url are needed.');

  const journal = openWorkJournal(journalFile);
  const steps = listenForArms(journal);
  const log = createLogger({ service, level: config.log.level });
  const metrics = createMetrics({ service, processMetrics: false });
  const bus = watchBus(natsBus({ config: nats, service, log, metrics }), service, steps, journal);
  const watched: SubgraphDefinition = {
    ...definition,
    create: async (kit) => watchSubgraph(await definition.create(kit), service, journal),
  };
  const running = await startSubgraph(watched, config, {
    bus,
    openDatabase: (options) =>
      watchDatabase(
        postgresDatabase({
          ...options,
          url: url.reveal(),
          poolSize,
          connectTimeoutMs: connectTimeout,
          statementTimeoutMs: statementTimeout,
          log,
        }),
        service,
        steps,
      ),
  });
  // A bus that is handed in is its owner's to start, once everybody has subscribed.
  await bus.start?.();
  exitOnSignals(async () => {
    await bus.stop?.();
    await running.stop();
  }, log);
}
