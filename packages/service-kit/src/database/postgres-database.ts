import type { Tracer } from '@opentelemetry/api';
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
  refuseInsideTransaction,
  runInTransaction,
  StatementListeners,
} from './database.ts';
import { listenForNotices } from './listen-for-notices.ts';
import { type PoolMetrics, poolMetrics } from './pool-metrics.ts';
import { SilenceWatch, watchedClient } from './silence-watch.ts';
import { statementSpans } from './statement-spans.ts';

export interface PostgresOptions extends DatabaseOptions {
  url: string;
  /** Connections at most; what does not get one within `connectTimeoutMs` fails. */
  poolSize: number;
  connectTimeoutMs: number;
  /**
   * A statement that runs longer is cancelled by the server; one that was lost on its way fails a second later, and all
   * of them much sooner where the server is gone (see `SilenceWatch`).
   */
  statementTimeoutMs: number;
  log: Logger;
}

/** One service's pool of connections to PostgreSQL, as its own role. */
export function postgresDatabase(options: PostgresOptions): Database {
  let measured: PoolMetrics | undefined;
  const answers = (isUp: boolean) => measured?.answers(isUp);
  const watch = new SilenceWatch({ ...options, answers });
  const pool = new pg.Pool({
    Client: watchedClient(watch),
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + 1000,
    keepAlive: true,
    application_name: options.service,
  });
  // A connection that breaks while nobody waits for an answer on it says so by an event, which must have a listener:
  // the pool has one for idle connections, and a connection that is in use (between two statements) needs its own.
  pool.on('error', () => {});
  pool.on('connect', (client) =>
    client.on('error', (error) => options.log.warn({ err: error }, 'a database connection was lost')),
  );
  measured = options.metrics && poolMetrics(pool, options.poolSize, options.metrics);
  const listeners = new StatementListeners(options.service);
  const client = statementSpans(guardClient(pool, ['query', 'connect']), options.tracer);
  const db = drizzle(client, { logger: listeners }) as unknown as Db;
  return {
    name: 'database',
    db,
    transaction: (work) => runInTransaction((run) => onOneConnection(pool, listeners, options.tracer, run), work),
    migrate: () => migrateUnderLock(options),
    async ping() {
      try {
        await db.execute(sql`select 1`);
        answers(true);
      } catch (error) {
        answers(false);
        throw error;
      }
    },
    listen: (channel, listener) => listenForNotices({ ...options, watch, answers }, channel, listener),
    onStatement: (listener) => listeners.add(listener),
    stop() {
      watch.stop();
      return pool.ending ? undefined : pool.end();
    },
  };
}

/**
 * Drizzle's transaction on a pool keeps the connection for ever when `begin` fails, and gives it back when `rollback`
 * does, in whatever state it is then.
 */
async function onOneConnection<T>(
  pool: pg.Pool,
  logger: StatementListeners,
  tracer: Tracer | undefined,
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let refusal: { error: unknown } | undefined;
  let usable = true;
  try {
    return await drizzle(statementSpans(client, tracer), { logger }).transaction(async (tx) => {
      try {
        return await work(tx as unknown as Db);
      } catch (error) {
        refusal = { error };
        throw error;
      }
    });
  } catch (error) {
    usable = refusal?.error === error;
    throw refusal === undefined ? error : refusal.error;
  } finally {
    client.release(!usable);
  }
}

/**
 * Instances that start together wait for each other, on an advisory lock named after the service. On a connection of
 * its own: a migration may take longer than a statement of a request, and its end gives the lock back in any case.
 */
async function migrateUnderLock({ url, connectTimeoutMs, service, migrationsFolder }: PostgresOptions): Promise<void> {
  refuseInsideTransaction('A migration');
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: service,
  });
  // What breaks it also fails the statement that is under way.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [`tributary migrations ${service}`]);
    await refuseForeignBookkeeping(client, service);
    await migrate(drizzle(client), { migrationsFolder, migrationsSchema: MIGRATIONS_SCHEMA, migrationsTable: service });
  } finally {
    await client.end();
  }
}

/**
 * All services may create tables in the bookkeeping schema. One that is taken over could put a table there under the
 * name of a service that has not migrated yet, with a trigger that would then run as that service.
 */
async function refuseForeignBookkeeping(client: pg.Client, service: string): Promise<void> {
  const { rows } = await client.query(
    `select pg_get_userbyid(relowner) as owner from pg_class
     where relnamespace = to_regnamespace($1) and relname = $2 and relowner <> current_user::regrole`,
    [MIGRATIONS_SCHEMA, service],
  );
  if (rows.length > 0) throw new Error(`${MIGRATIONS_SCHEMA}.${service} belongs to another role, ${rows[0].owner}`);
}
