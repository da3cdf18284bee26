import type { Logger } from '../log/logger.ts';

/** A part of a service that starts and ends with it. */
export interface Component {
  name: string;
  start?(): Promise<void> | void;
  /** Finish what has begun and take nothing new. */
  stop?(): Promise<void> | void;
}

export type LifecycleState = 'new' | 'starting' | 'ready' | 'draining' | 'stopped';

/** Starts components in order and stops them in the opposite order, all within one deadline. */
export class Lifecycle {
  readonly #log: Logger;
  readonly #drainTimeoutMs: number;
  readonly #components: Component[] = [];
  #state: LifecycleState = 'new';
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(log: Logger, drainTimeoutMs: number) {
    this.#log = log;
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Starts `components` one after the other. When one fails, those before it are stopped again. */
  async start(components: readonly Component[]): Promise<void> {
    this.#state = 'starting';
    this.#starting = this.#startAll(components);
    try {
      await this.#starting;
    } catch (error) {
      await this.stop().catch((err: unknown) => this.#log.error({ err }, 'stop failed'));
      throw error;
    }
    if (this.#stopping === undefined) this.#state = 'ready';
  }

  /**
   * Stops everything once; further calls wait for the first. A start that is under way comes to its end before.
   *
   * @throws Error when the drain time ran out; what was left then is abandoned.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #startAll(components: readonly Component[]): Promise<void> {
    for (const component of components) {
      try {
        await component.start?.();
      } catch (error) {
        this.#log.error({ component: component.name, err: error }, 'start failed');
        throw error;
      }
      this.#components.push(component);
    }
  }

  async #stopAll(): Promise<void> {
    this.#state = 'draining';
    const deadline = AbortSignal.timeout(this.#drainTimeoutMs);
    const expired = new Promise<'expired'>((resolve) => deadline.addEventListener('abort', () => resolve('expired')));
    const inTime = async (name: string, work: Promise<unknown>) => {
      if ((await Promise.race([work, expired])) !== 'expired') return;
      throw new Error(`${name} did not stop within ${this.#drainTimeoutMs} ms`);
    };
    await inTime('the start', Promise.allSettled([this.#starting]));
    for (const component of this.#components.toReversed()) {
      const stopped = Promise.resolve()
        .then(() => component.stop?.())
        .catch((error: unknown) => this.#log.error({ component: component.name, err: error }, 'stop failed'));
      await inTime(component.name, stopped);
    }
    this.#state = 'stopped';
  }
}
