import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '@tributary/service-kit/testing';

/** The shipped gateway in a process of its own, with the flags that its container has. */
export interface SoakedGateway extends AsyncDisposable {
  readonly url: string;
  readonly adminUrl: string;
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  /** What is left in its process after a collection of garbage, which is made for it. */
  live(): Promise<NodeJS.MemoryUsage>;
}

const MIB = 1024 ** 2;
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const REGISTER = new URL('../../packages/service-kit/register.mjs', import.meta.url).href;
const PROBE = new URL('./memory-probe.ts', import.meta.url).href;

/**
 * @param args Of its command line.
 * @param memoryBytes What it is told that its container has; undefined: what this process is in.
 */
export async function startSoakedGateway(
  args: readonly string[],
  memoryBytes: number | undefined,
): Promise<SoakedGateway> {
  // As in charts/tributary and the image; and as Node does itself where a container has less than the machine.
  const heap = memoryBytes === undefined ? [] : [`--max-old-space-size=${Math.floor(memoryBytes / 2 / MIB)}`];
  const execArgv = ['--max-semi-space-size=16', ...heap, '--expose-gc', '--import', REGISTER, '--import', PROBE];
  const told = memoryBytes === undefined ? {} : { TRIBUTARY_MEMORY: `${Math.floor(memoryBytes / MIB)}MiB` };
  const env = { ...process.env, NODE_OPTIONS: '', MALLOC_ARENA_MAX: '2', ...told };
  const child = fork(MAIN, args, { execArgv, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
  const ended = once(child, 'exit');
  const early = ended.then(([code, signal]) => {
    throw new Error(`the gateway ended with ${code ?? signal}:\n${output.slice(-2000)}`);
  });
  early.catch(() => {});
  const found = (pattern: RegExp) => until(`${pattern}`, () => pattern.exec(output)?.[1], 60_000);
  const [url, port] = await Promise.race([
    Promise.all([found(/^Gateway is ready: (.*)\/graphql$/m), found(/"admin_port":(\d+)/)]),
    early,
  ]);
  return {
    url,
    adminUrl: `http://127.0.0.1:${port}`,
    output: () => output,
    async live() {
      const answer = once(child, 'message');
      child.send('live');
      const [usage] = await Promise.race([answer, early]);
      return usage;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
