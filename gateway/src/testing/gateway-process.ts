import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '@tributary/service-kit/testing';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What `/metrics` says of a process. */
export interface ProcessUse {
  readonly residentMiB: number;
  readonly cpuSeconds: number;
}

export interface GatewayProcess extends AsyncDisposable {
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Waits until it prints that it is ready; gives where it answers. */
  ready(): Promise<{ url: string; use(): Promise<ProcessUse> }>;
}

/** `npm run gateway -- <args>` as a person would. Ended with its group when it is disposed of. */
export function gatewayProcess(...args: string[]): GatewayProcess {
  const child = spawn('npm', ['run', '--silent', 'gateway', '--', ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    output: () => output,
    ended,
    async ready() {
      const early = ended.then((end) => {
        throw new Error(`the gateway ended with ${end}:\n${output}`);
      });
      const found = (pattern: RegExp) => until(`${pattern}`, () => pattern.exec(output)?.[1], 60_000);
      const lines = Promise.all([found(/^Gateway is ready: (.*)\/graphql$/m), found(/"admin_port":(\d+)/)]);
      const [url, adminPort] = await Promise.race([lines, early]);
      return { url, use: () => useOf(`http://127.0.0.1:${adminPort}/metrics`) };
    },
    async [Symbol.asyncDispose]() {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // It has ended already.
      }
      await ended;
    },
  };
}

async function useOf(metricsUrl: string): Promise<ProcessUse> {
  const text = await (await fetch(metricsUrl)).text();
  const metric = (name: string) => Number(new RegExp(`^${name}{.*} (.*)$`, 'm').exec(text)?.[1]);
  return {
    residentMiB: metric('process_resident_memory_bytes') / 1024 ** 2,
    cpuSeconds: metric('process_cpu_seconds_total'),
  };
}
