import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { until } from '@tributary/service-kit/testing';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Command {
  /** Of npm, which leads its own process group. */
  readonly pid: number;
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Runs `npm run <script> -- <args>` as a person would, in a process group of its own. */
export function npmRun(script: string, args: readonly string[], cwd: string = root): Command {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { pid: pidOf(child), output: () => Buffer.concat(chunks).toString(), ended: endOf(child) };
}

export interface StartedGraph extends Command, AsyncDisposable {
  readonly url: string;
  /** From the start of npm to the first GraphQL answer. */
  readonly firstAnswerMs: number;
}

/** `npm start` on the given data and port, until its first answer. Ended with its group when it is disposed of. */
export async function npmStart(data: string, port: number, cwd?: string): Promise<StartedGraph> {
  const startedMs = performance.now();
  const command = npmRun('start', ['--data', data, '--port', String(port), '--free-ports'], cwd);
  const url = `http://localhost:${port}`;
  const early = command.ended.then((end) => {
    throw new Error(`npm start ended with ${end}:\n${command.output()}`);
  });
  const end = async () => {
    try {
      process.kill(-command.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    await command.ended;
  };
  try {
    const firstAnswer = until('the first answer', () => answers(url), 60_000);
    await Promise.race([firstAnswer, early]);
    const firstAnswerMs = performance.now() - startedMs;
    await until('the ready line', () => command.output().includes('Tributary is ready'));
    return { ...command, url, firstAnswerMs, [Symbol.asyncDispose]: end };
  } catch (error) {
    // On a port that the next one wants.
    await end();
    throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/graphql?query=${encodeURIComponent('{ categories { name } }')}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    const { data } = (await response.json()) as { data?: { categories: unknown[] } };
    return data !== undefined && data.categories.length > 0;
  } catch {
    return false;
  }
}

/** Resident memory of a process and everything below it, in MiB. */
export function residentMiB(pid: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
        return [{ pid: Number(name), parent: field('PPid'), residentKib: field('VmRSS') }];
      } catch {
        return [];
      }
    });
  const treeOf = (parent: number): number[] => [
    parent,
    ...processes.filter((each) => each.parent === parent).flatMap((each) => treeOf(each.pid)),
  ];
  const tree = new Set(treeOf(pid));
  return processes.filter((each) => tree.has(each.pid)).reduce((sum, { residentKib }) => sum + residentKib / 1024, 0);
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('npm could not be started');
  return child.pid;
}

async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}
