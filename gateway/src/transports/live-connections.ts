import { setTimeout as delay } from 'node:timers/promises';
import type { Component } from '@tributary/service-kit';

/** What is open for longer than a request: a WebSocket, or a stream of results. */
export interface LiveConnection {
  /** By `Date.now()`: when whoever opened it is no longer who they were. Undefined: never. */
  readonly expiresMs: number | undefined;
  /** Asks whether the client is there, or says that the gateway is. */
  beat(): void;
  /** The token has expired. It is said again for as long as it has not ended. */
  expire(): void;
  /** The gateway stops: the client shall come again, elsewhere. What is under way may end before. It may be said twice. */
  drain(): void;
  /** Ends it at once, whatever the client does. */
  destroy(): void;
}

export interface LiveConnectionsParts {
  /** Between two beats of a connection. */
  readonly keepAliveMs: number;
  /** Over how long connections are ended when the gateway stops. */
  readonly drainMs: number;
}

/** How exactly beats and expiries are kept. One look at ten thousand connections takes less than a millisecond. */
const LOOK_EVERY_MS = 250;
/** Between two steps of the drain. */
const STEP_MS = 50;
/** After the drain, for clients to answer that they have heard it. */
const LAST_WORDS_MS = 500;

/**
 * All connections that are kept open, looked after by one timer: each gets its beat at its own time, as they come at
 * different ones, and is ended with its token. When the gateway stops they end one after the other, in no order, so that
 * their clients do not all return at once.
 */
export class LiveConnections implements Component {
  readonly name = 'live connections';
  readonly #parts: LiveConnectionsParts;
  readonly #beatenMs = new Map<LiveConnection, number>();
  #timer: NodeJS.Timeout | undefined;
  #isDraining = false;

  constructor(parts: LiveConnectionsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#beatenMs.size;
  }

  /**
   * One that was under way when the gateway began to stop, or has come since by a connection that its client had open, ends as
   * soon as it is here. It is not refused: a browser's EventSource would not come again.
   */
  add(connection: LiveConnection): void {
    this.#beatenMs.set(connection, performance.now());
    if (!this.#isDraining) return;
    connection.drain();
    // What ended the others may be over by now.
    setTimeout(() => connection.destroy(), LAST_WORDS_MS).unref();
  }

  /** Once it is closed, not before: until then it may have to be destroyed. */
  delete(connection: LiveConnection): void {
    this.#beatenMs.delete(connection);
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    this.#isDraining = true;
    const left = shuffled([...this.#beatenMs.keys()]);
    const steps = Math.max(1, Math.floor(this.#parts.drainMs / STEP_MS));
    const each = Math.ceil(left.length / steps);
    while (left.length > 0) {
      for (const connection of left.splice(0, each)) connection.drain();
      if (left.length > 0) await delay(STEP_MS);
    }
    const endMs = performance.now() + LAST_WORDS_MS;
    while (this.size > 0 && performance.now() < endMs) await delay(10);
    for (const connection of this.#beatenMs.keys()) connection.destroy();
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = performance.now();
    const now = Date.now();
    for (const [connection, beatenMs] of this.#beatenMs) {
      const { expiresMs } = connection;
      if (expiresMs !== undefined && expiresMs <= now) {
        connection.expire();
      } else if (nowMs - beatenMs >= this.#parts.keepAliveMs) {
        this.#beatenMs.set(connection, nowMs);
        connection.beat();
      }
    }
  }
}

function shuffled<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [items[last], items[other]] = [items[other] as T, items[last] as T];
  }
  return items;
}
