import { fileURLToPath } from 'node:url';
import { ConfigError } from '../config/load-config.ts';
import type { SubgraphConfig } from '../config/service-config.ts';
import type { Database, DatabaseOptions } from '../database/database.ts';
import { postgresDatabase } from '../database/postgres-database.ts';
import type { Logger } from '../log/logger.ts';
import type { SubgraphDefinition } from './define-subgraph.ts';

/**
 * The database of a subgraph, not connected to yet.
 *
 * @param observation tracer of its statements, metrics of its connections. Default: neither
 * @param open what opens it in place of `database.url`
 * @throws ConfigError without either
 */
export function openDatabase(
  definition: Pick<SubgraphDefinition, 'name' | 'folder'>,
  config: Pick<SubgraphConfig, 'database'>,
  log: Logger,
  observation: Pick<DatabaseOptions, 'tracer' | 'metrics'> = {},
  open?: (options: DatabaseOptions) => Database,
): Database {
  const options = {
    service: definition.name,
    migrationsFolder: fileURLToPath(new URL('migrations', definition.folder)),
    ...observation,
  };
  if (open !== undefined) return open(options);
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
