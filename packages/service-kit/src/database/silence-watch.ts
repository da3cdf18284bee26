import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { CodedError } from '../errors/coded-error.ts';
import type { Logger } from '../log/logger.ts';

export interface SilenceWatchOptions {
  /** `postgres://…` of the server, as the pool that is watched has it. */
  url: string;
  /** The probe's connection is named after it. */
  service: string;
  /** Told what a probe has found out, when that has changed. */
  answers(isUp: boolean): void;
  log: Logger;
}

/** While something waits and nothing has been heard for so long, the server is asked whether it is there. */
const QUIET_MS = 200;
/** So long may it take to let a connection in. With `QUIET_MS`: what nobody answers fails within 0.8 s. */
const PROBE_MS = 600;
/**
 * Of a server that has lately been slow, more: as many times what its slowest answer took, up to a limit. It is busy, not
 * gone. Of one that has not been heard of yet, the limit: nobody waits for a service that begins.
 */
const TIMES_SLOWEST = 5;
const MAX_PROBE_MS = 5000;
/** What an answer counts of the slowest before it: after a hundred quick ones it is forgotten. */
const FORGETTING = 0.95;
/** After a probe that found nobody, the next one. */
const AGAIN_MS = 500;
/** The probe's time is counted in so many pieces: one in which this process itself stood still counts no more than another. */
const PIECES = 6;

/**
 * Tells a server that is gone without a word (its machine, or the network to it) from a statement that takes long
 * (docs/adr/0038): while statements wait and nothing at all is heard, a new connection is tried. Where that is not let in
 * either, all that waits fails with SERVICE_UNAVAILABLE at once, as does all that comes, until a probe is let in.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  readonly #clients = new Set<pg.Client>();
  /** Since when each one waits for the server. */
  readonly #waiting = new Map<pg.Client, number>();
  #heardMs = 0;
  /** Of the latest answers. */
  #slowestMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isProbing = false;
  #isDown = false;
  #isStopped = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Watches what is asked through `client`, which has not connected yet. */
  add(client: pg.Client): void {
    this.#clients.add(client);
    client.on('connect', () => this.#heard(client));
    client.on('drain', () => this.#heard(client));
    client.on('end', () => {
      this.#waiting.delete(client);
      this.#clients.delete(client);
    });
  }

  /** The server owes `client` something. */
  waits(client: pg.Client): void {
    // What is asked of a connection that has ended fails, and is owed nothing: a transaction's rollback, say.
    if (!this.#clients.has(client)) return;
    if (!this.#waiting.has(client)) this.#waiting.set(client, performance.now());
    this.#lookIn(QUIET_MS);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #heard(client: pg.Client): void {
    const nowMs = performance.now();
    const sinceMs = this.#waiting.get(client);
    if (sinceMs !== undefined) this.#slowestMs = Math.max(nowMs - sinceMs, this.#slowestMs * FORGETTING);
    this.#waiting.delete(client);
    this.#heardMs = nowMs;
  }

  #lookIn(ms: number): void {
    if (this.#timer !== undefined || this.#isProbing || this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, ms).unref();
  }

  async #look(): Promise<void> {
    const nowMs = performance.now();
    const [sinceMs = nowMs] = this.#waiting.values();
    const quietMs = nowMs - Math.max(sinceMs, this.#heardMs);
    if (this.#isDown || (this.#waiting.size > 0 && quietMs >= QUIET_MS)) {
      await this.#probe();
      this.#lookIn(this.#isDown ? AGAIN_MS : QUIET_MS);
    } else if (this.#waiting.size > 0) this.#lookIn(QUIET_MS - quietMs);
  }

  async #probe(): Promise<void> {
    this.#isProbing = true;
    const beganMs = performance.now();
    const slowestMs = this.#heardMs === 0 ? Number.POSITIVE_INFINITY : this.#slowestMs;
    const withinMs = Math.min(MAX_PROBE_MS, Math.max(PROBE_MS, TIMES_SLOWEST * slowestMs));
    const isThere = await isLetIn(this.#options, withinMs);
    this.#isProbing = false;
    // Whoever was answered meanwhile knows as well.
    if (isThere || this.#heardMs > beganMs) this.#up();
    else this.#down();
  }

  #up(): void {
    this.#heardMs = performance.now();
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#options.answers(true);
    this.#options.log.info('the database answers again');
  }

  #down(): void {
    if (this.#isDown || this.#isStopped) return;
    this.#isDown = true;
    this.#slowestMs = 0;
    this.#options.answers(false);
    this.#options.log.warn({ waiting: this.#waiting.size }, 'the database has fallen silent');
    // Those that wait for nothing, too: what they are asked next would wait.
    for (const client of this.#clients) streamOf(client).destroy(databaseIsSilent());
    this.#waiting.clear();
  }
}

/** What its statements fail with. */
const databaseIsSilent = () => new CodedError('SERVICE_UNAVAILABLE');

/** A client of a pool that is watched. */
export const watchedClient = (watch: SilenceWatch) =>
  class WatchedClient extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config);
      const query = this.query as (...args: unknown[]) => unknown;
      this.query = ((...args: unknown[]) => {
        watch.waits(this);
        return query.apply(this, args);
      }) as pg.Client['query'];
      const connect = this.connect as (done: (error: Error | null) => void) => void;
      // The pool's way to call it.
      this.connect = ((done: (error: Error | null) => void) => {
        if (watch.isDown) return void process.nextTick(done, databaseIsSilent());
        watch.add(this);
        watch.waits(this);
        connect.call(this, done);
      }) as pg.Client['connect'];
    }
  };

/** Whatever a server says by itself (too many connections, no such role) shows that it is there. */
async function isLetIn({ url, service }: SilenceWatchOptions, withinMs: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: `${service} probe` });
  client.on('error', () => {});
  let isThere: boolean | undefined;
  client.connect().then(
    () => {
      isThere = true;
    },
    (error: unknown) => {
      isThere = error instanceof pg.DatabaseError;
    },
  );
  for (let piece = 0; piece < PIECES && isThere === undefined; piece++) {
    await delay(withinMs / PIECES, undefined, { ref: false });
    // What came while this process stood still is read first.
    await turn();
  }
  if (isThere === true) client.end().catch(() => {});
  else streamOf(client).destroy();
  return isThere === true;
}

const streamOf = (client: pg.Client) => (client as unknown as { connection: { stream: Socket } }).connection.stream;
