import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createLogger, postgresDatabase } from '../packages/service-kit/src/index.ts';
import {
  createPostgresDatabase,
  type PostgresTestDatabase,
} from '../packages/service-kit/src/testing/postgres-test-database.ts';
import { provisionOptions } from './provision/provision-options.ts';

const SCRIPT = fileURLToPath(new URL('provision.ts', import.meta.url));
const ADMIN_URL = 'postgres://admin:canary@db/graph';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-provision-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder as a projected volume of Secrets is: what is asked for are links to what is behind `..data`. */
function mounted(passwords: Record<string, string>): string {
  const volume = mkdtempSync(join(folder, 'volume-'));
  mkdirSync(join(volume, '..2026_11_29'));
  symlinkSync('..2026_11_29', join(volume, '..data'));
  for (const [service, password] of Object.entries(passwords)) {
    mkdirSync(join(volume, '..data', service));
    writeFileSync(join(volume, '..data', service, 'password'), password);
    symlinkSync(join('..data', service), join(volume, service));
  }
  return volume;
}

describe('the command line', () => {
  test('gives a password for each service that is mounted', () => {
    const { passwords, adminUrl } = provisionOptions(
      ['--passwords', mounted({ users: 'a b"\'\\', orders: 'ends in a line\n' })],
      ADMIN_URL,
    );
    expect(passwords).toEqual({ orders: 'ends in a line', users: 'a b"\'\\' });
    expect(JSON.stringify(adminUrl)).not.toContain('canary');
  });

  const at = (passwords: Record<string, string>) => ['--passwords', mounted(passwords)];
  test.each<[string, () => string[], string | undefined, string]>([
    ['no folder', () => [], ADMIN_URL, 'Say where the --passwords are.'],
    ['a folder that is not there', () => ['--passwords', '/nowhere'], ADMIN_URL, '/nowhere cannot be read: ENOENT.'],
    ['an empty folder', () => at({}), ADMIN_URL, 'There is no <service>/password in'],
    ['an empty password', () => at({ users: '\n' }), ADMIN_URL, 'users/password: expected a password'],
    [
      'a password of two lines',
      () => at({ users: 'canary\ncanary' }),
      ADMIN_URL,
      'users/password: expected a password',
    ],
    ['a capital letter', () => at({ Users: 'canary' }), ADMIN_URL, "Users: expected a service's name"],
    [
      'a name that needs quotes',
      () => at({ 'gift-cards': 'canary' }),
      ADMIN_URL,
      "gift-cards: expected a service's name",
    ],
    ['a name that is too short', () => at({ a: 'canary' }), ADMIN_URL, "a: expected a service's name"],
    ['no URL', () => at({ users: 'canary' }), undefined, 'TRIBUTARY_ADMIN_DATABASE__URL: expected a postgres:// URL.'],
    ['another URL', () => at({ users: 'x' }), 'mysql://canary', 'TRIBUTARY_ADMIN_DATABASE__URL: expected'],
    ['an unknown flag', () => ['--pasword', 'x'], ADMIN_URL, "Unknown option '--pasword'"],
  ])('with %s is refused, and quotes nothing', (_, args, url, message) => {
    let said = '';
    try {
      provisionOptions(args(), url);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain(message);
    expect(said).toContain('Usage: provision.ts');
    expect(said).not.toContain('canary');
  });

  test('without a file named password says which', () => {
    const volume = mounted({});
    mkdirSync(join(volume, 'users'));
    expect(() => provisionOptions(['--passwords', volume], ADMIN_URL)).toThrow(
      'users/password cannot be read: ENOENT.',
    );
  });
});

describe.skipIf(inject('postgresAdminUrl') === undefined)('on a database', () => {
  let server: PostgresTestDatabase;
  const unique = randomBytes(4).toString('hex');
  const [first, second] = [`first${unique}`, `second${unique}`];
  beforeAll(async () => {
    server = await createPostgresDatabase();
  });
  afterAll(async () => {
    await server.asAdmin(`drop owned by ${first}, ${second}; drop role ${first}, ${second}`);
    await server.drop();
  });

  function provision(args: string[], adminUrl = server.url): Promise<{ code: number; output: string }> {
    const env = { PATH: process.env.PATH, TRIBUTARY_ADMIN_DATABASE__URL: adminUrl };
    return new Promise((resolve) => {
      execFile(process.execPath, [SCRIPT, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });
  }

  /** Migrates as a subgraph does, in its own role, into its own schema. */
  async function migrate(service: string): Promise<unknown> {
    const url = new URL(server.url);
    url.username = service;
    const migrationsFolder = join(folder, service);
    mkdirSync(join(migrationsFolder, 'meta'), { recursive: true });
    const entries = [{ idx: 0, version: '7', when: 1, tag: '0000_init', breakpoints: true }];
    const journal = { version: '7', dialect: 'postgresql', entries };
    writeFileSync(join(migrationsFolder, 'meta/_journal.json'), JSON.stringify(journal));
    const statements = [`create schema ${service}`, `create table ${service}.things as select 7 as id`];
    writeFileSync(join(migrationsFolder, '0000_init.sql'), statements.join('\n--> statement-breakpoint\n'));
    const database = postgresDatabase({
      service,
      migrationsFolder,
      url: url.href,
      poolSize: 1,
      connectTimeoutMs: 5000,
      statementTimeoutMs: 5000,
      log: createLogger({ service, level: 'silent' }),
    });
    try {
      await database.migrate();
      return ((await database.db.execute(`select id from ${service}.things`)) as unknown as { rows: unknown }).rows;
    } finally {
      await database.stop?.();
    }
  }

  test('services work with the roles that it makes, also one that is added later', async () => {
    const once = await provision(['--passwords', mounted({ [first]: 'canary-1' })]);
    expect(once.code).toBe(0);
    expect(JSON.parse(once.output)).toMatchObject({ level: 'info', message: 'provisioned', made: [first], set: [] });
    expect(await migrate(first)).toEqual([{ id: 7 }]);

    const again = await provision(['--passwords', mounted({ [first]: 'canary-2', [second]: 'canary-3' })]);
    expect(JSON.parse(again.output)).toMatchObject({ message: 'provisioned', made: [second], set: [first] });
    expect(await migrate(second)).toEqual([{ id: 7 }]);
    expect(await migrate(first)).toEqual([{ id: 7 }]);
    expect(once.output + again.output).not.toContain('canary');
  });

  test('who may not do this is told what is needed, without SQL and passwords', async () => {
    const url = new URL(server.url);
    url.username = first;
    const { code, output } = await provision(['--passwords', mounted({ [second]: 'canary' })], url.href);
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      level: 'error',
      message: 'provisioning failed',
      code: '42501',
      reason: expect.stringContaining('the administrator needs CREATEROLE and to own the database'),
    });
    expect(output).not.toMatch(/canary|postgres:\/\/|alter role/i);
  });
});
