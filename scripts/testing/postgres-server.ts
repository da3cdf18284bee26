import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';

export interface PostgresServer {
  /** As the superuser, on the database `postgres`. */
  adminUrl: string;
  stop(): Promise<void>;
}

const NOBODY = 65534;

/** Starts an empty PostgreSQL of its own on a free loopback port, in a temporary folder that goes with it. */
export async function startPostgres(binFolder: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-postgres-'));
  // PostgreSQL refuses to run as root.
  const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (asUser.uid !== undefined) chownSync(folder, NOBODY, NOBODY);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const options = { cwd: folder, stdio: 'ignore', env: { ...process.env, HOME: folder }, ...asUser } as const;
  execFileSync(
    join(binFolder, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    options,
  );

  const [port = 0] = await freePorts(1);
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    fsync: 'off',
    max_connections: 300,
    shared_buffers: '64MB',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(binFolder, 'postgres'), ['-D', data, ...args], options);
  const adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(join(binFolder, 'pg_isready'), port);
  return {
    adminUrl,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(pgIsReady: string, port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const probe = spawn(pgIsReady, ['-q', '-h', '127.0.0.1', '-p', String(port)]);
    const [status] = await once(probe, 'exit');
    if (status === 0) return;
  }
  throw new Error('PostgreSQL did not become ready within 30 s');
}
