import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Arguments of node, as `npm run graph` has them. */
export const GRAPH = ['--import', fileOf('../../../packages/service-kit/register.mjs'), fileOf('../main.ts')];

export interface GraphProcess extends AsyncDisposable {
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  /** Asks it to end; gives its exit code. */
  stop(): Promise<number | NodeJS.Signals>;
}

/** `npm run graph -- <args>`, for what does not end by itself. */
export function graphProcess(...args: string[]): GraphProcess {
  const child = spawn(process.execPath, [...GRAPH, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    output: () => output,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
