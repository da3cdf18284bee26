import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs } from './end-with-us.ts';
import { untilListening } from './until-listening.ts';

export interface ProcessOptions {
  /** Such as `orders-2`. */
  name: string;
  /** Such as `orders`. */
  service: string;
  /** The script and its arguments, for Node; called for each start, with its number from 1. */
  args(start: number): readonly string[];
  cwd: string;
  /** Beside this process's own. */
  env?: Readonly<Record<string, string>>;
  /** It is ready once it listens there. */
  port: number;
  logFile: string;
}

/** How a process ended that was not told to. */
export interface Death {
  process: ManagedProcess;
  /** Number of the start that ended. */
  start: number;
  /** False when it ended by itself, as a service does that cannot start without its database. */
  killed: boolean;
}

/** A Node process that is started again whenever it dies. */
export interface ManagedProcess {
  readonly name: string;
  readonly service: string;
  readonly port: number;
  readonly isReady: boolean;
  /** How often it was started. */
  readonly starts: number;
  readonly pid: number | undefined;
  /** Resolves when it is ready. @throws Error when it is not within a minute */
  start(): Promise<void>;
  /** SIGKILL. False when there was nothing to kill. */
  kill(): boolean;
  /** By default SIGTERM, and SIGKILL when it has not ended after ten seconds. It stays down. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  send(message: object): void;
  onDeath(listener: (death: Death) => void): void;
  onReady(listener: (process: ManagedProcess) => void): void;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
/** A process that cannot start (its database is down) is not started in a tight loop. */
const RESTART_AFTER_MS = 100;

export function createManagedProcess(options: ProcessOptions): ManagedProcess {
  const log = openSync(options.logFile, 'a');
  const deathListeners: ((death: Death) => void)[] = [];
  const readyListeners: ((process: ManagedProcess) => void)[] = [];
  let child: ChildProcess | undefined;
  let wanted = false;
  let ready = false;
  let starts = 0;

  const launch = (onReady: () => void) => {
    starts++;
    const started = endWithUs(
      spawn(process.execPath, options.args(starts), {
        cwd: options.cwd,
        env: { ...process.env, ...options.env },
        stdio: ['ignore', log, log, 'ipc'],
      }),
    );
    child = started;
    // A message to a process that has just died is an error of its channel, and of no interest.
    started.on('error', () => {});
    const ended = new AbortController();
    started.once('exit', (_code, signal) => {
      ended.abort();
      died(signal === 'SIGKILL');
    });
    untilListening(options.port, ended.signal).then((listens) => {
      if (!listens) return;
      ready = true;
      for (const listener of readyListeners) listener(managed);
      onReady();
    });
  };

  const died = (killed: boolean) => {
    ready = false;
    if (!wanted) return;
    const death: Death = { process: managed, start: starts, killed };
    for (const listener of deathListeners) listener(death);
    setTimeout(() => {
      if (!wanted) return;
      launch(() => {});
    }, RESTART_AFTER_MS);
  };

  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  const managed: ManagedProcess = {
    name: options.name,
    service: options.service,
    port: options.port,
    get isReady() {
      return ready;
    },
    get starts() {
      return starts;
    },
    get pid() {
      return isRunning() ? child?.pid : undefined;
    },
    async start() {
      wanted = true;
      const { promise, resolve } = Promise.withResolvers<void>();
      launch(resolve);
      const late = delay(START_TIMEOUT_MS, 'late' as const, { ref: false });
      if ((await Promise.race([promise, late])) === 'late') {
        throw new Error(`${options.name} is not ready after ${START_TIMEOUT_MS / 1000} s: see ${options.logFile}`);
      }
    },
    kill: () => isRunning() && (child?.kill('SIGKILL') ?? false),
    async stop(signal = 'SIGTERM') {
      wanted = false;
      if (child === undefined || !isRunning()) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      if ((await Promise.race([exited, delay(STOP_TIMEOUT_MS, 'late', { ref: false })])) === 'late') {
        child.kill('SIGKILL');
        await exited;
      }
    },
    send(message) {
      if (child?.connected) child.send(message, () => {});
    },
    onDeath: (listener) => void deathListeners.push(listener),
    onReady: (listener) => void readyListeners.push(listener),
  };
  return managed;
}
