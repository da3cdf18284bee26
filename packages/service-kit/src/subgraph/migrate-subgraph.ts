import type { SubgraphConfig } from '../config/service-config.ts';
import { databaseRefusal } from '../database/database-refusal.ts';
import { waitForDatabase } from '../database/wait-for-database.ts';
import { createLogger } from '../log/logger.ts';
import type { SubgraphDefinition } from './define-subgraph.ts';
import { openDatabase } from './open-database.ts';

const NEEDED =
  'the role needs CONNECT and CREATE on the database, and USAGE and CREATE on its schema migrations: scripts/provision.ts grants them';

/**
 * Waits for the subgraph's database, for `database.waitTimeout` at most, and applies the migrations that it lacks.
 * Several at a time wait for each other. Opens no port. What it does is said in log lines, a failure too.
 *
 * @returns whether the database is as this version needs it
 * @throws ConfigError without `database.url`
 */
export async function migrateSubgraph(
  definition: Pick<SubgraphDefinition, 'name' | 'folder'>,
  config: Pick<SubgraphConfig, 'database' | 'log'>,
): Promise<boolean> {
  const log = createLogger({ service: definition.name, level: config.log.level });
  const database = openDatabase(definition, config, log);
  const startedMs = performance.now();
  const took = () => ({ duration_ms: Math.round(performance.now() - startedMs) });
  try {
    await waitForDatabase(database, config.database.waitTimeout, log);
    await database.migrate();
    log.info(took(), 'migrated');
    return true;
  } catch (error) {
    log.error({ ...databaseRefusal(error, NEEDED), ...took(), err: error }, 'migration failed');
    return false;
  } finally {
    await database.stop?.();
  }
}
