import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { newId } from '../packages/service-kit/src/index.ts';
import {
  createPostgresDatabase,
  type PostgresTestDatabase,
} from '../packages/service-kit/src/testing/postgres-test-database.ts';
import { eventsOptions } from './events/events-options.ts';

const SCRIPT = fileURLToPath(new URL('events.ts', import.meta.url));

function events(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { env: { PATH: process.env.PATH } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('the command line', () => {
  test.each([
    [['lst'], 'Did you mean list?'],
    [[], 'Say which command'],
    [['redrive'], 'Say which to redrive, or --all.'],
    [['redrive', '--event', 'x'], '--event takes the id of an event.'],
    [['redrive', '--all', '--type', 'x'], '--all leaves nothing to choose.'],
    [['replay', '--all'], 'replay takes the --service'],
    [['replay', '--service', 'orders', '--since', 'yesterday'], '--since takes a time'],
    [['list', '--subject', 'x'], 'are for replay'],
    [['list', '--nonsense'], "Unknown option '--nonsense'"],
  ])('%j is refused: %s', (args, message) => {
    expect(() => eventsOptions(args, undefined)).toThrow(message);
  });

  test('takes the database from the environment, and a flag before it', () => {
    expect(eventsOptions(['list'], 'postgres://environment').databaseUrl).toBe('postgres://environment');
    expect(eventsOptions(['list', '--database', 'postgres://flag'], 'postgres://environment').databaseUrl).toBe(
      'postgres://flag',
    );
  });

  test('without any data says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-events-'));
    const { code, stderr } = await events(['list', '--data', folder]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no data') });
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(inject('postgresAdminUrl') === undefined)('on a database', () => {
  let server: PostgresTestDatabase;
  const id = newId();
  beforeAll(async () => {
    server = await createPostgresDatabase();
    const migrations = ['0000_init', '0001_dead_letters'];
    const folder = new URL('../subgraphs/_template/migrations/', import.meta.url);
    for (const name of migrations) await server.asAdmin(readFileSync(new URL(`${name}.sql`, folder), 'utf8'));
    await server.asAdmin(
      `insert into template.dead_letters (consumer, event_id, state, reason, type, error, body)
       values ('template', '${id}', 'DEAD', 'HANDLER_FAILED', 'a.b.c.v1', 'Error', '{"the":"event"}')`,
    );
  });
  afterAll(() => server.drop());

  const run = (...args: string[]) => events([...args, '--database', server.url]);

  test('lists dead letters, with the message for one', async () => {
    const { stdout } = await run('list');
    expect(stdout).toMatch(new RegExp(`template +DEAD +HANDLER_FAILED +1 +\\S+ +${id} +a.b.c.v1 +Error`));
    expect(stdout).not.toContain('"the"');
    expect((await run('list', '--event', id)).stdout).toContain('{"the":"event"}');
  });

  test('redrives, and discards', async () => {
    expect((await run('redrive', '--event', id)).stdout).toMatch(/^template: 1 event wanted back/);
    expect((await run('list')).stdout).toContain('REDRIVE');
    expect((await run('discard', '--all', '--service', 'template')).stdout).toBe('template: 1 event discarded\n');
    expect((await run('list')).stdout).toBe('No dead letters in template.\n');
  });

  test('names the services when it is asked for another', async () => {
    const { code, stderr } = await run('list', '--service', 'oders');
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'No service oders here, but: template\n' });
  });

  test('says nothing of the URL when the database does not answer', async () => {
    const { code, stderr } = await events(['list', '--database', 'postgres://u:canary@127.0.0.1:1/x']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'The database does not answer, or does not let this role in.\n',
    });
  });
});
