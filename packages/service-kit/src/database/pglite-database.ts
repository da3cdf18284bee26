import type { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import {
  type Database,
  type DatabaseOptions,
  type Db,
  guardClient,
  MIGRATIONS_SCHEMA,
  runInTransaction,
  StatementListeners,
} from './database.ts';
import { statementSpans } from './statement-spans.ts';

/** One service's view of an embedded PostgreSQL that the caller opened and closes. */
export function pgliteDatabase(client: PGlite, options: DatabaseOptions): Database {
  const listeners = new StatementListeners(options.service);
  const guarded = guardClient(client, ['query', 'exec', 'transaction']);
  const typed = drizzle(statementSpans(guarded, options.tracer), { logger: listeners });
  const db = typed as unknown as Db;
  return {
    name: 'database',
    db,
    transaction: (work) => runInTransaction((run) => db.transaction(run), work),
    migrate: () =>
      migrate(typed, {
        migrationsFolder: options.migrationsFolder,
        migrationsSchema: MIGRATIONS_SCHEMA,
        migrationsTable: options.service,
      }),
    ping: async () => {
      await db.execute(sql`select 1`);
    },
    onStatement: (listener) => listeners.add(listener),
  };
}
