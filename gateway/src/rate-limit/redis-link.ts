import type { Component, Logger, Metrics } from '@tributary/service-kit';
import { InTime } from './in-time.ts';
import { openRedis, type RedisClient } from './open-redis.ts';

export interface RedisLinkOptions {
  url: string;
  /** In which an answer has to be there. */
  timeoutMs: number;
  /** A command by which it is seen whether Redis does its work again. */
  probe: (ask: RedisClient) => Promise<unknown>;
  log: Logger;
  metrics: Metrics;
}

/** While Redis is not used, how often it is tried. */
const PROBE_MS = 250;
/** Nothing is heard of a server that is cut off: after so long without an answer another connection is made. */
const CUT_OFF_MS = 5000;

/**
 * A connection to Redis behind a breaker. It is closed from the first answer on, and opens with the first command that fails
 * or is late: from then on no request waits for Redis, until a probe is answered in time. Connections are made again in
 * the background.
 */
export class RedisLink implements Component {
  readonly name = 'redis';
  readonly #options: RedisLinkOptions;
  readonly #inTime: InTime;
  #client: RedisClient | undefined;
  #isUp = false;
  #wasTold = false;
  #isStopped = false;
  #probeTimer: NodeJS.Timeout | undefined;
  /** When the probe was sent that is not answered yet. */
  #probeSentMs: number | undefined;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#inTime = new InTime(options.timeoutMs);
  }

  /** Whether commands may be sent. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Nothing waits for Redis: until it answers, it is not up. */
  start(): void {
    this.#connect();
    this.#probeLater();
  }

  stop(): void {
    this.#isStopped = true;
    this.#isUp = false;
    clearTimeout(this.#probeTimer);
    this.#inTime.giveUp();
    this.#client?.destroy();
  }

  /**
   * One command while Redis is up.
   *
   * @throws whatever went wrong; it is not up then.
   */
  async ask<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      if (this.#client === undefined) throw new Error('not connected');
      return await this.#inTime.wait(command(this.#client));
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #connect(): void {
    this.#client?.destroy();
    this.#client = undefined;
    this.#probeSentMs = undefined;
    openRedis(this.#options.url, (error) => this.#fail(error)).then(
      (client) => {
        if (this.#isStopped) client.destroy();
        else this.#client = client;
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (this.#isStopped || (!this.#isUp && this.#wasTold)) return;
    this.#tell(false);
    this.#options.log.warn({ err: error }, 'Redis does not answer: each gateway limits rates by itself');
    this.#inTime.giveUp();
    this.#probeLater();
  }

  #tell(isUp: boolean): void {
    this.#isUp = isUp;
    this.#wasTold = true;
    this.#options.metrics.get('external_service_up').set({ service: 'redis' }, isUp ? 1 : 0);
  }

  #probeLater(): void {
    clearTimeout(this.#probeTimer);
    if (!this.#isStopped) this.#probeTimer = setTimeout(() => this.#probe(), PROBE_MS);
  }

  #probe(): void {
    this.#probeLater();
    const nowMs = performance.now();
    if (this.#probeSentMs !== undefined) {
      if (nowMs - this.#probeSentMs > CUT_OFF_MS) this.#connect();
      return;
    }
    if (this.#client?.isReady !== true) return;
    this.#probeSentMs = nowMs;
    this.#options
      .probe(this.#client)
      .then(
        () => this.#answered(performance.now() - nowMs),
        (error: unknown) => this.#fail(error),
      )
      .finally(() => {
        if (this.#probeSentMs === nowMs) this.#probeSentMs = undefined;
      });
  }

  #answered(tookMs: number): void {
    if (this.#isStopped || tookMs > this.#options.timeoutMs) return;
    clearTimeout(this.#probeTimer);
    this.#tell(true);
    this.#options.log.info('Redis answers: gateways limit rates together');
  }
}
