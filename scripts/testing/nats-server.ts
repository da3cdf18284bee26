import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded, killServer, startServer } from './server-process.ts';

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; the same after a restart. */
  url: string;
  /** Resolves when the process has ended; SIGSTOP and SIGCONT do not end it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on its port and its data, after ending it where it still runs; without the data with `empty`. */
  restart(options?: { empty?: boolean }): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;

/**
 * Starts a nats-server with JetStream on a free loopback port, in a temporary folder.
 *
 * @param args further arguments of nats-server, such as `--user`
 */
export async function startNats(binary: string, args: readonly string[] = []): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-nats-'));
  const data = join(folder, 'data');
  let port = -1;
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const fixed = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', data, '--ports_file_dir', folder];
    const started = startServer(binary, [...fixed, ...args], folder);
    server = started;
    port = await untilReady(started, folder);
  }

  const kill = (signal: NodeJS.Signals) => killServer(server, signal);

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    async restart({ empty = false } = {}) {
      await kill('SIGKILL');
      if (empty) rmSync(data, { recursive: true, force: true });
      await start();
    },
    async stop() {
      await kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server writes the file with its ports once it takes connections. */
async function untilReady(server: ChildProcess, folder: string): Promise<number> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && !hasEnded(server)) {
    const file = readdirSync(folder).find((name) => name.endsWith(`_${server.pid}.ports`));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
    const port = /"nats":\["\w+:\/\/127\.0\.0\.1:(\d+)"\]/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
    await delay(10);
  }
  server.kill('SIGKILL');
  throw new Error(`nats-server did not become ready within ${READY_WITHIN_MS} ms`);
}
