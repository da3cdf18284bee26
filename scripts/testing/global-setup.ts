import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { lanes } from './lanes.ts';
import { startNats } from './nats-server.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** An empty PGlite cluster as `loadDataDir` takes it: opening it is ten times as fast as making one. */
    pgliteTemplate: string;
    /** Superuser's URL of a real PostgreSQL, or undefined where the lane is missing. */
    postgresAdminUrl: string | undefined;
    chromium: string | undefined;
    /** The executable of nats-server, for tests that stop the broker and so start their own. */
    natsServer: string | undefined;
    /** A broker for all other tests, each with a stream of its own. */
    natsUrl: string | undefined;
    /** The executable of redis-server: each test that needs one starts its own. */
    redisServer: string | undefined;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  const postgresFolder = lanes.postgres.find();
  const natsServer = lanes.nats.find();
  const [postgres, nats, template] = await Promise.all([
    postgresFolder === undefined ? undefined : startPostgres(postgresFolder),
    natsServer === undefined ? undefined : startNats(natsServer),
    pgliteTemplate(),
  ]);
  const templateFile = join(folder, 'pglite.tar');
  writeFileSync(templateFile, template);
  project.provide('pgliteTemplate', templateFile);
  project.provide('postgresAdminUrl', postgres?.adminUrl);
  project.provide('chromium', lanes.chromium.find());
  project.provide('natsServer', natsServer);
  project.provide('natsUrl', nats?.url);
  project.provide('redisServer', lanes.redis.find());
  return async () => {
    await Promise.all([postgres?.stop(), nats?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
}

async function pgliteTemplate(): Promise<Uint8Array> {
  const client = await PGlite.create();
  const dump = await client.dumpDataDir('none');
  await client.close();
  return new Uint8Array(await dump.arrayBuffer());
}
