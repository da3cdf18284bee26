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
  #stopping: Promise<void> | undefined;

  constructor(log: Logger, drainTimeoutMs: number) {
    this.#log = log;
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Starts `component` after those that were added before it. When one fails, those before it are stopped again. */
  async start(components: readonly Component[]): Promise<void> {
    this.#state = 'starting';
    for (const component of components) {
      try {
        await component.start?.();
      } catch (error) {
        this.#log.error({ component: component.name, err: error }, 'start failed');
        await this.stop();
        throw error;
      }
      this.#components.push(component);
    }
    this.#state = 'ready';
  }

  /**
   * Stops everything once; further calls wait for the first.
   *
   * @throws Error when the drain time ran out; what was left then is abandoned.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#state = 'draining';
    const deadline = AbortSignal.timeout(this.#drainTimeoutMs);
    const expired = new Promise<'expired'>((resolve) => deadline.addEventListener('abort', () => resolve('expired')));
    for (const component of this.#components.toReversed()) {
      const stopped = Promise.resolve()
        .then(() => component.stop?.())
        .catch((error: unknown) => this.#log.error({ component: component.name, err: error }, 'stop failed'));
      if ((await Promise.race([stopped, expired])) === 'expired') {
        throw new Error(`${component.name} did not stop within ${this.#drainTimeoutMs} ms`);
      }
    }
    this.#state = 'stopped';
  }
}
