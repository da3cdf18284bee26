import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface ContainerOptions {
  name: string;
  image: string;
  /** Of the program: `dist/main.js --config …`. */
  args: readonly string[];
  /** Mounted read-only as /etc/tributary. */
  configFolder: string;
  environment?: Readonly<Record<string, string>>;
  /** It is ready when this answers with a status below 500. */
  readyUrl: string;
}

/** A container that runs. */
export interface Container extends AsyncDisposable {
  readonly name: string;
  /** From its start until it was ready. */
  readonly readyAfterMs: number;
  /** As the engine counts it. */
  memory(): Promise<string>;
  /** What the image's own health check says. */
  health(): Promise<string>;
  /** SIGTERM, and SIGKILL after the grace period of Kubernetes. Gives the exit code and how long it took. */
  stop(): Promise<{ exitCode: number; tookMs: number }>;
}

/** What the chart sets for every container. The engine has no network of its own: ports are the machine's. */
const AS_THE_CHART = [
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--user=65532:65532',
  '--memory=512m',
  '--memory-swap=512m',
  '--cpus=0.5',
  '--network=host',
];
const GRACE_SECONDS = 30;
/** A machine that is busy with other checks, and half a processor. */
const READY_WITHIN_MS = 120_000;

/** Runs a program of an image to its end. @throws Error with what it has said when it fails */
export function runContainer(options: Omit<ContainerOptions, 'readyUrl'>): Promise<string> {
  return docker('run', '--rm', ...flagsOf(options), ...options.args);
}

/** @throws Error with what it has said when it is not ready in time */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  const { name } = options;
  const startedMs = performance.now();
  await docker('run', '--detach', ...flagsOf(options), ...options.args);
  await using parts = new AsyncDisposableStack();
  parts.defer(async () => void (await docker('rm', '--force', name)));
  await untilReady(options, startedMs);
  const readyAfterMs = performance.now() - startedMs;
  const running = parts.move();
  return {
    name,
    readyAfterMs,
    memory: () => docker('stats', '--no-stream', '--format', '{{.MemUsage}}', name),
    health: () => docker('inspect', '--format', '{{.State.Health.Status}}', name),
    async stop() {
      const stoppedMs = performance.now();
      await docker('stop', '--time', String(GRACE_SECONDS), name);
      const tookMs = performance.now() - stoppedMs;
      return { exitCode: Number(await docker('inspect', '--format', '{{.State.ExitCode}}', name)), tookMs };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function flagsOf({
  name,
  image,
  configFolder,
  environment = {},
}: Omit<ContainerOptions, 'args' | 'readyUrl'>): string[] {
  const variables = Object.entries(environment).map(([key, value]) => `--env=${key}=${value}`);
  const mount = `--mount=type=bind,source=${configFolder},target=/etc/tributary,readonly`;
  return [...AS_THE_CHART, `--name=${name}`, mount, ...variables, image];
}

async function untilReady({ name, readyUrl }: ContainerOptions, startedMs: number): Promise<void> {
  while (performance.now() - startedMs < READY_WITHIN_MS) {
    const isReady = await fetch(readyUrl, { signal: AbortSignal.timeout(2000) }).then(
      ({ status }) => status < 500,
      () => false,
    );
    if (isReady) return;
    if ((await docker('inspect', '--format', '{{.State.Running}}', name)) !== 'true') break;
    await delay(50);
  }
  throw new Error(`${name} did not become ready:\n${await docker('logs', '--tail', '40', name)}`);
}

/** What the command says on either of its outputs. */
async function docker(...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('docker', args);
  return `${stdout}${stderr}`.trim();
}
