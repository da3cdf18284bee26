import { fileURLToPath } from 'node:url';
import type { DatabaseOptions } from '../database/database.ts';
import { postgresDatabase } from '../database/postgres-database.ts';
import type { Logger } from '../log/logger.ts';
import { PostgresUsageStore } from './postgres-usage-store.ts';

/** The schema, the role and the migrations are those of a service of this name. */
export const usageDatabase: DatabaseOptions = {
  service: 'usage',
  migrationsFolder: fileURLToPath(new URL('migrations', import.meta.url)),
};

/**
 * The store in a PostgreSQL; nothing is connected before it is used.
 *
 * @param url `postgres://usage:password@host:5432/database`
 */
export const openPostgresUsage = (url: string, log: Logger): PostgresUsageStore =>
  new PostgresUsageStore(
    postgresDatabase({
      ...usageDatabase,
      ...{ url, log, poolSize: 2, connectTimeoutMs: 5000, statementTimeoutMs: 30_000 },
    }),
  );
