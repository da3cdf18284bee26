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

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
/** A process that cannot start (its database is down) is not started in a tight loop. */
const RESTART_AFTER_MS = 100;

/** A Node process that is started again whenever it dies. */
export class ManagedProcess {
  readonly name: string;
  readonly service: string;
  readonly port: number;
  readonly #options: ProcessOptions;
  readonly #log: number;
  readonly #deathListeners: ((death: Death) => void)[] = [];
  readonly #readyListeners: ((process: ManagedProcess) => void)[] = [];
  #child: ChildProcess | undefined;
  #isWanted = false;
  #isReady = false;
  #starts = 0;

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.service = options.service;
    this.port = options.port;
    this.#options = options;
    this.#log = openSync(options.logFile, 'a');
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** Resolves when it is ready. @throws Error when it is not within a minute */
  async start(): Promise<void> {
    this.#isWanted = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#launch(resolve);
    const late = delay(START_TIMEOUT_MS, 'late' as const, { ref: false });
    if ((await Promise.race([promise, late])) === 'late') {
      throw new Error(`${this.name} is not ready after ${START_TIMEOUT_MS / 1000} s: see ${this.#options.logFile}`);
    }
  }

  /** SIGKILL. False when there was nothing to kill. */
  kill(): boolean {
    return this.#running?.kill('SIGKILL') ?? false;
  }

  /** By default SIGTERM, and SIGKILL when it has not ended after ten seconds. It stays down. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#isWanted = false;
    const child = this.#running;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    if ((await Promise.race([exited, delay(STOP_TIMEOUT_MS, 'late', { ref: false })])) === 'late') {
      child.kill('SIGKILL');
      await exited;
    }
  }

  send(message: object): void {
    if (this.#child?.connected) this.#child.send(message, () => {});
  }

  onDeath(listener: (death: Death) => void): void {
    this.#deathListeners.push(listener);
  }

  onReady(listener: (process: ManagedProcess) => void): void {
    this.#readyListeners.push(listener);
  }

  get #running(): ChildProcess | undefined {
    return this.#child?.exitCode === null && this.#child.signalCode === null ? this.#child : undefined;
  }

  #launch(onReady: () => void): void {
    const { args, cwd, env } = this.#options;
    this.#starts++;
    const started = endWithUs(
      spawn(process.execPath, args(this.#starts), {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', this.#log, this.#log, 'ipc'],
      }),
    );
    this.#child = started;
    // A message to a process that has just died is an error of its channel, and of no interest.
    started.on('error', () => {});
    const ended = new AbortController();
    started.once('exit', (_code, signal) => {
      ended.abort();
      this.#died(signal === 'SIGKILL');
    });
    untilListening(this.port, ended.signal).then((listens) => {
      if (!listens) return;
      this.#isReady = true;
      for (const listener of this.#readyListeners) listener(this);
      onReady();
    });
  }

  #died(killed: boolean): void {
    this.#isReady = false;
    if (!this.#isWanted) return;
    const death: Death = { process: this, start: this.#starts, killed };
    for (const listener of this.#deathListeners) listener(death);
    setTimeout(() => {
      if (this.#isWanted) this.#launch(() => {});
    }, RESTART_AFTER_MS);
  }
}
