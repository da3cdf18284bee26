import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';
import { hasEnded, killServer, startServer } from './server-process.ts';

export interface RedisServer {
  /** `redis://127.0.0.1:<port>`; the same after a restart. */
  url: string;
  /** Resolves when the process has ended; SIGSTOP and SIGCONT do not end it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on its port, with nothing in it, after ending it where it still runs. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;

/** Starts a redis-server that keeps nothing on disk, on a free loopback port. */
export async function startRedis(binary: string): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-redis-'));
  const [port = 0] = await freePorts(1);
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
    const started = startServer(binary, args, folder);
    server = started;
    await untilReady(started, port);
  }

  const kill = (signal: NodeJS.Signals) => killServer(server, signal);

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill('SIGKILL');
      await start();
    },
    async stop() {
      await kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && !hasEnded(server)) {
    if (await accepts(port)) return;
    await delay(10);
  }
  server.kill('SIGKILL');
  throw new Error(`redis-server did not become ready within ${READY_WITHIN_MS} ms`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
