import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import type { Logger } from '../log/logger.ts';
import {
  type Database,
  type DatabaseOptions,
  type Db,
  guardClient,
  MIGRATIONS_SCHEMA,
  runInTransaction,
  StatementListeners,
} from './database.ts';

export interface PostgresOptions extends DatabaseOptions {
  url: string;
  /** Connections at most; what does not get one within `connectTimeoutMs` fails. */
  poolSize: number;
  connectTimeoutMs: number;
  /** A statement that runs longer is cancelled by the server. */
  statementTimeoutMs: number;
  log: Logger;
}

/** One service's pool of connections to PostgreSQL, as its own role. */
export function postgresDatabase(options: PostgresOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
    application_name: options.service,
  });
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle database connection was lost'));
  const listeners = new StatementListeners(options.service);
  const db = drizzle(guardClient(pool, ['query', 'connect']), { logger: listeners }) as unknown as Db;
  return {
    name: 'database',
    db,
    transaction: (work) => runInTransaction(db, work),
    migrate: () => migrateUnderLock(pool, options),
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    onStatement: (listener) => listeners.add(listener),
    stop: () => (pool.ending ? undefined : pool.end()),
  };
}

/** Instances that start together wait for each other, on an advisory lock named after the service. */
async function migrateUnderLock(pool: pg.Pool, { service, migrationsFolder }: PostgresOptions): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query('select pg_advisory_lock(hashtext($1))', [`tributary migrations ${service}`]);
    await migrate(drizzle(client), { migrationsFolder, migrationsSchema: MIGRATIONS_SCHEMA, migrationsTable: service });
  } finally {
    // Closing the connection gives the lock back and drops the session's settings, whatever state it is in.
    client.release(true);
  }
}
