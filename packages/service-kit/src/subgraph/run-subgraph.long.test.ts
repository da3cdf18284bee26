import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createPostgresDatabase, type PostgresTestDatabase } from '../testing/postgres-test-database.ts';
import { until } from '../testing/until.ts';

/** As every program of ours is started. */
const REGISTER = import.meta.resolve('../../register.mjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-run-'));
  const module = (path: string) => JSON.stringify(import.meta.resolve(path));
  writeFileSync(
    join(folder, 'main.ts'),
    `import { runSubgraph } from ${module('./run-subgraph.ts')};
     import { subgraphConfig } from ${module('../config/service-config.ts')};
     import { notesEvents, notesFolder } from ${module('../testing/notes/notes.ts')};
     await runSubgraph({
       name: 'notes', config: subgraphConfig, folder: notesFolder, events: notesEvents,
       create: () => ({ resolvers: {}, context: (scope) => scope }),
     });`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: string[], environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env.PATH, ...environment };
  return spawn(process.execPath, ['--import', REGISTER, join(folder, 'main.ts'), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('a subgraph as a process of its own', () => {
  test('that is told something wrong says what, without a stack, and exits 1', async () => {
    const config = join(folder, 'wrong.yaml');
    writeFileSync(config, 'server: { prot: 1 }\ndatabase: { url: canary, poolSize: 0 }');
    const child = run(['--config', config], { TRIBUTARY_LOG__LEVEL: 'loud' });
    const [errors, [code]] = await Promise.all([text(child.stderr as never), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(errors).toContain('server.prot: unknown key; did you mean port?');
    expect(errors).toContain('database.poolSize');
    expect(errors).toContain('log.level');
    expect(errors).not.toMatch(/canary|\n\s+at /);
  });

  test('that is given an unknown flag says so with its usage', async () => {
    const child = run(['--cofnig', 'x.yaml']);
    const [errors, [code]] = await Promise.all([text(child.stderr as never), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(errors).toContain("Unknown option '--cofnig'\n\nUsage: main.ts [--config FILE] [--migrate]\n");
  });

  test.skipIf(inject('postgresAdminUrl') === undefined)('serves until SIGTERM, then drains and exits 0', async () => {
    const server = await createPostgresDatabase();
    await server.provision('notes');
    const child = run([], {
      TRIBUTARY_DATABASE__URL: server.urlOf('notes'),
      TRIBUTARY_SERVER__PORT: '0',
      TRIBUTARY_ADMIN__PORT: '0',
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    const exited = once(child, 'exit');
    const line = await until(
      'the ready line',
      () => output.split('\n').find((each) => each.includes('"ready"')),
      25_000,
    );
    const { port, admin_port } = JSON.parse(line);
    expect((await fetch(`http://127.0.0.1:${admin_port}/health/ready`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST' })).status).toBe(401);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(output).not.toContain(server.password);
    await server.drop();
  });
});

describe.skipIf(inject('postgresAdminUrl') === undefined)('with --migrate', () => {
  let server: PostgresTestDatabase;
  const roles = ['early', 'late', 'weak'].map((name) => `${name}_${randomBytes(4).toString('hex')}`);
  const [early = '', late = '', weak = ''] = roles;
  beforeAll(async () => {
    server = await createPostgresDatabase();
    await server.provision(early);
  });
  afterAll(async () => {
    await server.drop();
    for (const role of roles) await onServer(`drop role if exists ${role}`);
  });

  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: inject('postgresAdminUrl') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };

  function migrate(url: string, environment: Record<string, string> = {}) {
    const child = run(['--migrate'], { TRIBUTARY_DATABASE__URL: url, ...environment });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk;
      });
    }
    const lines = () => output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    return { child, exited: once(child, 'close'), lines, output: () => output };
  }

  test('it waits for the port, then for the role, applies what is missing, and opens no port', async () => {
    const postgres = new URL(server.url);
    const door = createServer((socket) => {
      const inside = connect(Number(postgres.port), postgres.hostname);
      pipeline(socket, inside, socket, () => {});
    });
    await once(door.listen(0, '127.0.0.1'), 'listening');
    const { port } = door.address() as AddressInfo;
    await new Promise((resolve) => door.close(resolve));

    const url = new URL(server.urlOf(late));
    url.port = String(port);
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const takenPort = String((taken.address() as AddressInfo).port);
    const { child, exited, lines, output } = migrate(url.href, {
      TRIBUTARY_SERVER__PORT: takenPort,
      TRIBUTARY_ADMIN__PORT: takenPort,
    });
    await until('the line that it waits', () => output().includes('\n'), 25_000);
    let refused = 0;
    door.on('connection', () => refused++);
    await once(door.listen(port, '127.0.0.1'), 'listening');
    await until('a login as a role that is not there', () => refused > 0);
    await server.provision(late);
    expect(await exited).toEqual([0, null]);
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'info', message: 'waiting for the database', code: 'ECONNREFUSED' }),
      expect.objectContaining({ level: 'info', message: 'migrated', duration_ms: expect.any(Number) }),
    ]);
    expect((await server.asAdmin('select * from migrations.notes')).rowCount).toBe(2);
    expect(child.killed).toBe(false);
    await Promise.all([door, taken].map((each) => new Promise((resolve) => each.close(resolve))));
    await server.asAdmin('drop schema notes cascade; drop table migrations.notes');
  });

  test('a role that may not create its schema is told what it needs, in a line without SQL and URL', async () => {
    await server.asAdmin(
      `create role ${weak} login; grant connect on database ${new URL(server.url).pathname.slice(1)} to ${weak}`,
    );
    const { exited, lines, output } = migrate(server.urlOf(weak));
    expect(await exited).toEqual([1, null]);
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'error',
        message: 'migration failed',
        code: '42501',
        reason: expect.stringContaining('the role needs CONNECT and CREATE on the database'),
      }),
    ]);
    expect(output().toLowerCase()).not.toMatch(/postgres:\/\/|create schema/);
    expect(output()).not.toContain(server.password);
  });

  test('two at once both end well, and again there is nothing to do', async () => {
    const url = server.urlOf(early);
    const both = [migrate(url), migrate(url)];
    expect(await Promise.all(both.map(({ exited }) => exited))).toEqual([
      [0, null],
      [0, null],
    ]);
    expect((await server.asAdmin('select * from migrations.notes')).rowCount).toBe(2);
    expect(await migrate(url).exited).toEqual([0, null]);
  });

  test('a role that never comes is named by its code when the time is over', async () => {
    const { exited, lines } = migrate(server.urlOf('nobody_ever'), { TRIBUTARY_DATABASE__WAIT_TIMEOUT: '1s' });
    expect(await exited).toEqual([1, null]);
    expect(lines().at(-1)).toMatchObject({ level: 'error', message: 'migration failed', code: '28000' });
  });

  test('SIGTERM ends the wait at once', async () => {
    const { child, exited, output } = migrate('postgres://notes:x@127.0.0.1:9/x');
    await until('the line that it waits', () => output().includes('\n'), 25_000);
    child.kill('SIGTERM');
    expect(await exited).toEqual([143, null]);
  });

  test('what is wrong elsewhere in the configuration ends it too', async () => {
    const { exited, output } = migrate(server.urlOf(early), { TRIBUTARY_EVENTS__MAX_ATTEMPTS: '0' });
    expect(await exited).toEqual([1, null]);
    expect(output()).toContain('events.maxAttempts');
  });
});
