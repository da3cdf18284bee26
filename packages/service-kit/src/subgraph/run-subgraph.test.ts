import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createPostgresDatabase } from '../testing/postgres-test-database.ts';
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
    expect(errors).toBe("Unknown option '--cofnig'\n\nUsage: main.ts [--config FILE]\n");
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
