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

/** `npm run <script>` as a person would run it. Ended with its group when it is disposed of. */
export interface NpmProcess extends AsyncDisposable {
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface GatewayProcess extends NpmProcess {
  /** Waits until it prints that it is ready; gives where it answers. */
  ready(): Promise<{ url: string; adminUrl: string; use(): Promise<ProcessUse> }>;
}

export function npmProcess(script: string, ...args: string[]): NpmProcess {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
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

export function gatewayProcess(...args: string[]): GatewayProcess {
  const gateway = npmProcess('gateway', ...args);
  return {
    ...gateway,
    async ready() {
      const early = gateway.ended.then((end) => {
        throw new Error(`the gateway ended with ${end}:\n${gateway.output()}`);
      });
      const found = (pattern: RegExp) => until(`${pattern}`, () => pattern.exec(gateway.output())?.[1], 60_000);
      const lines = Promise.all([found(/^Gateway is ready: (.*)\/graphql$/m), found(/"admin_port":(\d+)/)]);
      const [url, adminPort] = await Promise.race([lines, early]);
      const adminUrl = `http://127.0.0.1:${adminPort}`;
      return { url, adminUrl, use: () => useOf(`${adminUrl}/metrics`) };
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
