import { openAsBlob } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, describe, inject } from 'vitest';
import type { Database, DatabaseOptions } from '../database/database.ts';
import { pgliteDatabase } from '../database/pglite-database.ts';
import { postgresDatabase } from '../database/postgres-database.ts';
import { createLogger } from '../log/logger.ts';
import { createPostgresDatabase } from './postgres-test-database.ts';

export type Engine = 'PGlite' | 'PostgreSQL';

export interface TestDatabase extends AsyncDisposable {
  readonly engine: Engine;
  /** One service's migrated database; all services that are opened share the cluster, as they do in production. */
  open(service: string, folder: URL): Promise<Database>;
  /** The same for `startSubgraph`, not migrated. */
  openUnmigrated(options: DatabaseOptions): Database;
  close(): Promise<void>;
}

/**
 * Describes the same behaviour on PGlite and on PostgreSQL; without a PostgreSQL on this machine that half is skipped
 * (and `npm test` says so). `open` gives an empty database of the test's own, which is closed at the end at the latest.
 */
export function eachEngine(name: string, tests: (open: () => Promise<TestDatabase>, engine: Engine) => void): void {
  const on = (engine: Engine, open: () => Promise<TestDatabase>) => () => {
    const opened = new Set<() => Promise<void>>();
    // Vitest runs hooks of this kind backwards: after those of the tests, which stop what uses the database.
    afterAll(() => Promise.all(Array.from(opened, (close) => close())));
    tests(async () => {
      const database = await open();
      const close = () => {
        opened.delete(close);
        return database.close();
      };
      opened.add(close);
      return { ...database, close, [Symbol.asyncDispose]: close };
    }, engine);
  };
  describe(`${name} on PGlite`, on('PGlite', openPglite));
  const withoutPostgres = inject('postgresAdminUrl') === undefined;
  describe.skipIf(withoutPostgres)(`${name} on PostgreSQL`, on('PostgreSQL', openPostgres));
}

export async function openPglite(): Promise<TestDatabase> {
  const client = await PGlite.create({
    loadDataDir: await openAsBlob(inject('pgliteTemplate')),
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
  });
  return testDatabase(
    'PGlite',
    (options) => pgliteDatabase(client, options),
    () => client.close(),
  );
}

/** A database of its own, where the services have the roles that they have in production. */
async function openPostgres(): Promise<TestDatabase> {
  const server = await createPostgresDatabase();
  const open = (options: DatabaseOptions) =>
    postgresDatabase({
      ...options,
      url: server.urlOf(options.service),
      poolSize: 10,
      connectTimeoutMs: 5000,
      statementTimeoutMs: 10_000,
      log: createLogger({ service: options.service, level: 'silent' }),
    });
  return testDatabase('PostgreSQL', open, server.drop, server.provision);
}

function testDatabase(
  engine: Engine,
  openService: (options: DatabaseOptions) => Database,
  closeEngine: () => Promise<void>,
  provision?: (service: string) => Promise<void>,
): TestDatabase {
  const opened: Database[] = [];
  const close = async () => {
    await Promise.all(opened.map((database) => database.stop?.()));
    await closeEngine();
  };
  const openUnmigrated = (options: DatabaseOptions) => {
    const database = openService(options);
    opened.push(database);
    if (provision === undefined) return database;
    return { ...database, migrate: () => provision(options.service).then(() => database.migrate()) };
  };
  return {
    engine,
    openUnmigrated,
    async open(service, folder) {
      const database = openUnmigrated({ service, migrationsFolder: fileURLToPath(new URL('migrations', folder)) });
      await database.migrate();
      return database;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
