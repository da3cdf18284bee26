import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { lanes } from '../../../scripts/testing/lanes.ts';
import { endWithUs } from './end-with-us.ts';

/** A PostgreSQL server of its own, on one port and one data folder for all its restarts. */
export interface PostgresProcess {
  /** As the superuser, on the database `postgres`. */
  readonly adminUrl: string;
  /** Resolves when it answers, crash recovery included. */
  start(): Promise<void>;
  /** Ends it as a crash does (`immediate`): connections break, nothing is flushed, the log is replayed at the start. */
  crash(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

const NOBODY = 65534;
const START_TIMEOUT_MS = 60_000;

/** @throws Error when this machine has no PostgreSQL */
export function createPostgres(
  folder: string,
  port: number,
  more: Readonly<Record<string, string>> = {},
): PostgresProcess {
  const binaries = lanes.postgres.find();
  if (binaries === undefined) throw new Error(`PostgreSQL is missing: install ${lanes.postgres.install}.`);
  mkdirSync(folder, { recursive: true });
  // PostgreSQL refuses to run as root.
  const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (asUser.uid !== undefined) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o700);
  const log = openSync(join(folder, 'postgres.log'), 'a');
  const options = { cwd: folder, env: { ...process.env, HOME: folder }, ...asUser } as const;
  const data = join(folder, 'data');
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...options, stdio: 'ignore' },
  );

  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    // A process that dies takes nothing with it that it has written; only a machine that dies does, and none does here.
    fsync: 'off',
    max_connections: 300,
    shared_buffers: '64MB',
    ...more,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  return {
    adminUrl,
    async start() {
      const child = spawn(join(binaries, 'postgres'), ['-D', data, ...args], {
        ...options,
        stdio: ['ignore', log, log],
      });
      server = endWithUs(child);
      await untilAnswering(adminUrl);
    },
    crash: () => end('SIGQUIT'),
    stop: () => end('SIGINT'),
  };
}

async function untilAnswering(url: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch {
      await delay(100);
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error(`PostgreSQL does not answer after ${START_TIMEOUT_MS / 1000} s`);
}
