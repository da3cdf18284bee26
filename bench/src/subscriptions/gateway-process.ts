import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { startProcess } from '../gateways/start-process.ts';

export interface GatewayProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface GatewayProcessOptions {
  /** For its files. */
  readonly folder: string;
  /** The one subgraph. */
  readonly sdl: string;
  readonly url: string;
  readonly connections: number;
  /** Half of what its container has, as Node does it there. */
  readonly heapMiB: number;
  /** Beside what every form of the benchmark has. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A gateway with the flags of the chart. */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { folder, sdl, url, connections, heapMiB } = options;
  const { supergraphSdl, errors } = composeServices([{ name: 'events', url, typeDefs: parse(sdl) }]);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  const files = { supergraph: join(folder, 'supergraph.graphql'), config: join(folder, 'gateway.yaml') };
  writeFileSync(files.supergraph, supergraphSdl);
  const config = {
    supergraph: files.supergraph,
    server: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: { level: 'warn' },
    rateLimit: { limits: [{ key: 'ip', rate: 10_000, burst: 50_000 }] },
    subscriptions: { connections: { perNode: connections } },
    ...options.config,
  };
  writeFileSync(files.config, JSON.stringify(config));
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const main = ['--import', join(root, 'packages/service-kit/register.mjs'), join(root, 'gateway/src/main.ts')];
  const logFile = join(folder, 'gateway.log');
  const { pid, child, assertRuns } = startProcess(
    'the gateway',
    { args: ['--max-semi-space-size=16', `--max-old-space-size=${heapMiB}`, ...main, '--config', files.config] },
    logFile,
  );
  for (;;) {
    assertRuns();
    const port = /^Gateway is ready: http:\/\/[^:]+:(\d+)/m.exec(readFileSync(logFile, 'utf8'))?.[1];
    if (port !== undefined) {
      const stop = async () => {
        const ended = once(child, 'exit');
        child.kill();
        await ended;
      };
      return { pid, port: Number(port), stop };
    }
    await delay(20);
  }
}
