import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createLogger } from '../log/logger.ts';
import { createPostgresDatabase, type PostgresTestDatabase } from '../testing/postgres-test-database.ts';
import { postgresDatabase } from './postgres-database.ts';
import { provisionServices } from './provision.ts';

const INSUFFICIENT_PRIVILEGE = '42501';

describe.skipIf(inject('postgresAdminUrl') === undefined)('services that share a PostgreSQL', () => {
  let server: PostgresTestDatabase;
  let intruder: pg.Client;
  let folder: string;
  beforeAll(async () => {
    server = await createPostgresDatabase();
    folder = mkdtempSync(join(tmpdir(), 'tributary-roles-'));
    for (const service of ['victim', 'intruder', 'latecomer']) await server.provision(service);
    for (const service of ['victim', 'intruder']) await migrate(service);
    intruder = new pg.Client({ connectionString: server.urlOf('intruder') });
    await intruder.connect();
  });
  afterAll(async () => {
    await intruder.end();
    await server.drop();
    rmSync(folder, { recursive: true });
  });

  /** Applies the first migration of a service, as the service. */
  async function migrate(service: string): Promise<void> {
    const migrationsFolder = join(folder, service);
    mkdirSync(join(migrationsFolder, 'meta'), { recursive: true });
    const journal = {
      version: '7',
      dialect: 'postgresql',
      entries: [{ idx: 0, version: '7', when: 1, tag: '0000_init', breakpoints: true }],
    };
    writeFileSync(join(migrationsFolder, 'meta/_journal.json'), JSON.stringify(journal));
    writeFileSync(
      join(migrationsFolder, '0000_init.sql'),
      [
        `create schema ${service}`,
        `create table ${service}.secrets (id serial primary key, value text)`,
        `insert into ${service}.secrets (value) values ('canary')`,
        `create function ${service}.peek() returns text language sql as 'select value from ${service}.secrets'`,
      ].join('\n--> statement-breakpoint\n'),
    );
    const database = postgresDatabase({
      service,
      migrationsFolder,
      url: server.urlOf(service),
      poolSize: 1,
      connectTimeoutMs: 1000,
      statementTimeoutMs: 5000,
      log: createLogger({ service, level: 'silent' }),
    });
    await database.migrate().finally(() => database.stop?.());
  }

  test('the tests rest on a role that can do everything with its own', async () => {
    const { rows } = await intruder.query('select value from intruder.secrets');
    expect(rows).toEqual([{ value: 'canary' }]);
    await intruder.query('begin; truncate intruder.secrets; drop schema intruder cascade; rollback');
  });

  const ofTables = (table: string) => [
    `select * from ${table}`,
    `select count(*) from ${table}`,
    `insert into ${table} values (default)`,
    `insert into ${table} values (default) on conflict do nothing`,
    `update ${table} set id = id`,
    `delete from ${table}`,
    `merge into ${table} t using (select 1) s on true when matched then delete`,
    `truncate ${table}`,
    `lock table ${table} in access share mode`,
    `copy ${table} to stdout`,
    `create table intruder.copied as select * from ${table}`,
    `create view intruder.seen as select * from ${table}; select * from intruder.seen`,
    `create table intruder.child () inherits (${table})`,
    `create table intruder.likeness (like ${table} including all)`,
    `create table intruder.refers (id int references ${table} (id))`,
    `create index on ${table} (id)`,
    `create trigger t after insert on ${table} for each row execute function suppress_redundant_updates_trigger()`,
    `create rule r as on insert to ${table} do instead nothing`,
    `create policy p on ${table}`,
    `create statistics intruder.s on id, id from ${table}`,
    `comment on table ${table} is 'x'`,
    `alter table ${table} add column x int`,
    `alter table ${table} owner to intruder`,
    `alter table ${table} disable trigger all`,
    `alter table ${table} rename to taken`,
    `alter table ${table} set schema intruder`,
    `grant select on ${table} to intruder`,
    `drop table ${table}`,
    `create publication p for table ${table}`,
  ];

  describe.each(['victim.secrets', 'migrations.victim'])("another's table %s", (table) => {
    test.each(ofTables(table))('%s', async (statement) => {
      await expect(intruder.query(`begin; ${statement}`)).rejects.toMatchObject({
        code: INSUFFICIENT_PRIVILEGE,
      });
      await intruder.query('rollback');
    });
  });

  test.each([
    "select nextval('victim.secrets_id_seq')",
    "select setval('victim.secrets_id_seq', 1)",
    'select last_value from victim.secrets_id_seq',
    'select victim.peek()',
    'alter function victim.peek() security definer',
    "create or replace function victim.peek() returns text language sql as 'select 1'",
    'create table victim.planted (id int)',
    'create function victim.planted() returns int language sql as $$ select 1 $$',
    'alter schema victim rename to taken',
    'alter schema victim owner to intruder',
    'grant all on schema victim to intruder',
    'drop schema victim cascade',
    'drop schema migrations cascade',
    'alter schema migrations owner to intruder',
    'create table public.planted (id int)',
    'alter default privileges for role victim grant select on tables to intruder',
    'reassign owned by victim to intruder',
    'drop owned by victim',
    'set role victim',
    'set session authorization victim',
    'grant victim to intruder',
    "alter role victim password 'x'",
    'alter role victim rename to taken',
    'alter role intruder superuser',
    'alter role intruder createrole',
    'alter role intruder bypassrls',
    'create role accomplice',
    'drop role victim',
    'create database planted',
    'create event trigger t on ddl_command_end execute function suppress_redundant_updates_trigger()',
    "copy intruder.secrets to program 'id'",
    "copy intruder.secrets from '/etc/passwd'",
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    'select * from pg_authid',
    'select * from pg_statistic',
    "alter system set log_statement = 'all'",
  ])('%s is refused', async (statement) => {
    await expect(intruder.query(statement)).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE });
  });

  test("another's statements are neither shown nor ended, its rows are in no statistics", async () => {
    const victim = new pg.Client({ connectionString: server.urlOf('victim') });
    await victim.connect();
    await victim.query("analyze victim.secrets; select 'canary'");
    const { rows } = await intruder.query("select pid, query from pg_stat_activity where usename = 'victim'");
    expect(JSON.stringify(rows)).not.toContain('canary');
    const pid = (await victim.query('select pg_backend_pid() as pid')).rows[0].pid;
    await expect(intruder.query('select pg_terminate_backend($1)', [pid])).rejects.toMatchObject({
      code: INSUFFICIENT_PRIVILEGE,
    });
    expect((await intruder.query("select * from pg_stats where schemaname = 'victim'")).rows).toEqual([]);
    await victim.end();
  });

  test('a service does not migrate into what another has put there under its name', async () => {
    await intruder.query(`
      create table migrations.latecomer (id serial primary key, hash text not null, created_at bigint);
      grant all on migrations.latecomer to public`);
    await expect(migrate('latecomer')).rejects.toThrow('migrations.latecomer belongs to another role, intruder');
    await intruder.query(
      'drop table migrations.latecomer; create schema latecomer; grant all on schema latecomer to public',
    );
    await expect(migrate('latecomer')).rejects.toMatchObject({ cause: { code: '42P06' } });
    await intruder.query('drop schema latecomer');
    await migrate('latecomer');
  });

  describe('provisioning', () => {
    let url: URL;
    beforeAll(async () => {
      await server.asAdmin("create role provisioner login createrole password 'x'");
      await server.asAdmin('create database owned owner provisioner');
      url = new URL(server.url);
      url.username = 'provisioner';
      url.pathname = 'owned';
    });
    afterAll(async () => {
      await server.asAdmin('drop database owned');
      await server.asAdmin('drop role tenant, lodger, provisioner');
    });

    test('again sets the password anew, says so, and needs no superuser', async () => {
      const storedPassword = async () =>
        (await server.asAdmin("select rolpassword from pg_authid where rolname = 'tenant'")).rows[0].rolpassword;
      expect(await provisionServices(url.href, { tenant: "it's" })).toEqual({ made: ['tenant'], set: [] });
      const first = await storedPassword();
      expect(await provisionServices(url.href, { lodger: 'x', tenant: 'another' })).toEqual({
        made: ['lodger'],
        set: ['tenant'],
      });
      expect(await storedPassword()).not.toBe(first);
      expect(first).toMatch(/^SCRAM-SHA-256/);
    });

    test('twice at the same time comes to the same', async () => {
      const both = await Promise.all([1, 2].map(() => provisionServices(url.href, { tenant: 'x', lodger: 'y' })));
      expect(both).toEqual([1, 2].map(() => ({ made: [], set: ['tenant', 'lodger'] })));
    });

    test.each([
      [
        'who is not the owner',
        { code: INSUFFICIENT_PRIVILEGE },
        'alter database owned owner to postgres',
        'alter database owned owner to provisioner',
      ],
      [
        'who may use the schema of another, but not grant that',
        { message: expect.stringContaining('may not grant rights') },
        'alter schema migrations owner to postgres; grant all on schema migrations to provisioner',
        'alter schema migrations owner to provisioner',
      ],
    ])('by one %s fails, and leaves no role behind', async (_, refusal, before, after) => {
      const admin = new pg.Client({ connectionString: Object.assign(new URL(server.url), { pathname: 'owned' }).href });
      await admin.connect();
      await admin.query(before);
      const outcome = await provisionServices(url.href, { stillborn: 'x' }).catch((error: unknown) => error);
      const { rowCount } = await admin.query("select from pg_roles where rolname = 'stillborn'");
      await admin.query(after);
      await admin.end();
      expect(outcome).toMatchObject(refusal);
      expect(rowCount).toBe(0);
    });
  });
});
