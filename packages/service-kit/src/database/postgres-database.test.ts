import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { codedErrorOf } from '../errors/coded-error-of.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { startDatabaseNetwork } from '../testing/database-network.ts';
import { notes, notesFolder } from '../testing/notes/notes.ts';
import { createPostgresDatabase, type PostgresTestDatabase } from '../testing/postgres-test-database.ts';
import { until } from '../testing/until.ts';
import type { Database } from './database.ts';
import { type PostgresOptions, postgresDatabase } from './postgres-database.ts';

/** What only a server has: roles, several connections, time-outs, and an end that comes without warning. */
describe.skipIf(inject('postgresAdminUrl') === undefined)('on PostgreSQL', () => {
  let server: PostgresTestDatabase;
  const opened: Database[] = [];
  let logged: string[] = [];
  beforeAll(async () => {
    server = await createPostgresDatabase();
    await server.provision('notes');
  });
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.stop?.()));
    await server.drop();
  });

  function open(options: Partial<PostgresOptions> = {}): Database {
    const database = postgresDatabase({
      service: 'notes',
      migrationsFolder: fileURLToPath(new URL('migrations', notesFolder)),
      url: server.urlOf('notes'),
      poolSize: 2,
      connectTimeoutMs: 1000,
      statementTimeoutMs: 5000,
      log: createLogger({ service: 'notes', destination: { write: (line) => logged.push(line) } }),
      ...options,
    });
    opened.push(database);
    return database;
  }

  const connectionsOf = async (name: string) =>
    (
      await server.asAdmin(
        'select pid from pg_stat_activity where datname = current_database() and application_name = $1',
        [name],
      )
    ).rows.length;
  const killConnections = () =>
    server.asAdmin(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'notes'",
    );
  /** To this database only: the role is that of all tests that run meanwhile. */
  const admit = (isAdmitted: boolean) => {
    const name = new URL(server.url).pathname.slice(1);
    return server.asAdmin(
      `${isAdmitted ? 'grant' : 'revoke'} connect on database ${name} ${isAdmitted ? 'to' : 'from'} notes`,
    );
  };

  test('processes that start together migrate once, one after the other', async () => {
    await Promise.all(Array.from({ length: 6 }, () => open().migrate()));
    const applied = await server.asAdmin('select * from migrations.notes');
    expect(applied.rowCount).toBe(2);
    expect(await open().db.select().from(notes)).toEqual([]);
  });

  test('the lock is given back also when a migration fails', async () => {
    const failing = open({ migrationsFolder: '/nowhere' });
    await expect(failing.migrate()).rejects.toThrow();
    await expect(open().migrate()).resolves.toBeUndefined();
  });

  test('a statement that takes too long is cancelled by the server, and its connection goes on', async () => {
    const { db } = open({ statementTimeoutMs: 100, poolSize: 1 });
    await expect(db.execute(sql`select pg_sleep(5)`)).rejects.toMatchObject({ cause: { code: '57014' } });
    expect(await db.execute(sql`select 1 as one`)).toMatchObject({ rows: [{ one: 1 }] });
  });

  test('a transaction that does nothing for too long is ended by the server', async () => {
    const database = open({ statementTimeoutMs: 100, poolSize: 1 });
    const work = database.transaction(async (tx) => {
      const { rows } = (await tx.execute(sql`select pg_backend_pid() as pid`)) as unknown as {
        rows: { pid: number }[];
      };
      const isGone = 'select not exists (select from pg_stat_activity where pid = $1) as gone';
      await until('its end', async () => (await server.asAdmin(isGone, [rows[0]?.pid])).rows[0].gone);
      await tx.execute(sql`select 1`);
      throw new Error('the connection is still there');
    });
    await expect(work).rejects.toThrow('Failed query');
    await database.ping();
  });

  test('who gets no connection in time fails in time, and the pool is whole afterwards', async () => {
    const database = open({ poolSize: 1, connectTimeoutMs: 150 });
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const holding = database.transaction(async () => released);
    const startedMs = performance.now();
    await expect(database.ping()).rejects.toMatchObject({ cause: { message: expect.stringMatching(/timeout/) } });
    expect(performance.now() - startedMs).toBeLessThan(5000);
    release();
    await holding;
    await database.ping();
  });

  test('connections that are lost, idle or in the middle of a transaction, end no process and are replaced', async () => {
    const database = open();
    await Promise.all([database.ping(), database.ping()]);
    logged = [];
    const interrupted = database.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      await killConnections();
      // Not even a statement is under way when the connection breaks.
      await until('the loss', () => logged.some((line) => line.includes('a database connection was lost')));
      await tx.execute(sql`select 1`);
    });
    await expect(interrupted).rejects.toThrow();
    await until('another connection', () =>
      database.ping().then(
        () => true,
        () => false,
      ),
    );
    expect(logged.join('')).not.toContain(server.password);
  });

  test('a server that refuses connections is an error at once, and no restart is needed when it takes them again', async () => {
    const database = open();
    await admit(false);
    await killConnections();
    await until('the refusal', () =>
      database.ping().then(
        () => false,
        (error: { cause: { code: string } }) => error.cause.code === '42501',
      ),
    );
    const startedMs = performance.now();
    await expect(database.ping()).rejects.toThrow();
    expect(performance.now() - startedMs).toBeLessThan(5000);
    await admit(true);
    await database.ping();
  });

  test('whether the server answers is known from what is asked of it, and from who listens for notices', async () => {
    const metrics = createMetrics({ service: 'notes', processMetrics: false });
    const database = open({ metrics });
    const isUp = async () => (await metrics.get('external_service_up').get()).values[0]?.value;
    expect(await isUp()).toBeUndefined();
    await database.ping();
    expect(await isUp()).toBe(1);
    await admit(false);
    await killConnections();
    await until('a refusal', () =>
      database.ping().then(
        () => false,
        () => true,
      ),
    );
    expect(await isUp()).toBe(0);
    await admit(true);
    const stopListening = await database.listen?.('notices', () => {});
    expect(await isUp()).toBe(1);
    await server.asAdmin(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'notes listener'",
    );
    await until('the loss', async () => (await isUp()) === 0);
    await until('the listener to be back', async () => (await isUp()) === 1);
    await stopListening?.();
  });

  const up = (database: Database) =>
    until('the database', () =>
      database.ping().then(
        () => true,
        () => false,
      ),
    );
  const timeOf = async (run: () => Promise<void>) => {
    const startedMs = performance.now();
    await run();
    return performance.now() - startedMs;
  };
  const unavailable = (error: unknown) => codedErrorOf(error)?.code === 'SERVICE_UNAVAILABLE';

  test('a server that falls silent fails what waits for it long before its time-outs, and all else at once, until it is back', async () => {
    await using network = await startDatabaseNetwork(server.urlOf('notes'));
    // What it is told apart from: connections that are waited for, and statements, end far later.
    const database = open({ url: network.url, poolSize: 1, service: 'silent', connectTimeoutMs: 10_000 });
    const silent: [string, () => Promise<unknown>][] = [
      ['before a statement', () => network.fail('silence').then(() => database.ping())],
      ['before a transaction', () => network.fail('silence').then(() => database.transaction(async () => {}))],
      [
        'in a transaction',
        () =>
          database.transaction(async (tx) => {
            await network.fail('silence');
            await tx.execute(sql`select 1`);
          }),
      ],
    ];
    let heard = 0;
    let heardBefore = 0;
    const stopListening = await database.listen?.('notices', () => heard++);
    for (const [when, work] of silent) {
      await up(database);
      // A server that has just been slow is given longer.
      for (let quick = 0; quick < 60; ) quick = (await timeOf(() => database.ping())) < 50 ? quick + 1 : 0;
      const startedMs = performance.now();
      const waitsForTheConnection = database.ping().catch((error) => error);
      await expect(work(), when).rejects.toSatisfy(unavailable);
      await waitsForTheConnection;
      const failedMs = performance.now();
      expect(failedMs - startedMs, when).toBeLessThan(3000);
      const tookMs: number[] = [];
      for (let ping = 0; ping < 3; ping++) {
        tookMs.push(await timeOf(() => expect(database.ping(), when).rejects.toSatisfy(unavailable)));
      }
      // One of them may be held up by what else runs here.
      expect(tookMs.toSorted((a, b) => a - b)[1], when).toBeLessThan(300);
      heardBefore = heard;
      await network.heal();
    }
    await up(database);
    await until('the listener to be back', () => heard > heardBefore);
    await stopListening?.();
    await database.stop?.();
    await until('the end of all connections', async () => (await connectionsOf('silent')) === 0);
  });

  test('a statement that takes long is left alone while the server is there, even where nobody is let in', async () => {
    logged = [];
    const database = open({ poolSize: 1 });
    await database.ping();
    await Promise.all([
      database.db.execute(sql`select pg_sleep(1.2)`),
      admit(false).finally(() => new Promise((resolve) => setTimeout(resolve, 600)).then(() => admit(true))),
    ]);
    expect(logged.join('')).not.toContain('silent');
  });

  test('no connection is lost to transactions that could not begin, or not end', async () => {
    const database = open({ poolSize: 1 });
    const brokenAt = [
      () => killConnections().then(() => database.transaction(async () => {})),
      () => database.transaction(async () => void (await killConnections())),
      () => database.transaction((tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`)),
    ];
    for (const breaking of brokenAt) {
      await database.ping();
      await breaking().catch(() => {});
      await until('another connection', () =>
        database.ping().then(
          () => true,
          () => false,
        ),
      );
    }
    const refusal = new Error('refused');
    const refused = database.transaction(async () => {
      await killConnections();
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
    await until('another connection', () =>
      database.ping().then(
        () => true,
        () => false,
      ),
    );
  });

  test('stopping closes every connection, and stopping again is no error', async () => {
    const database = open({ service: 'notes' });
    await Promise.all(opened.map((each) => each.stop?.()));
    await database.stop?.();
    await until('their end', async () => (await connectionsOf('notes')) === 0);
    await expect(database.ping()).rejects.toThrow();
  });
});
