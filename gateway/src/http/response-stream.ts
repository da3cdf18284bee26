import type { FastifyReply } from 'fastify';

/** What waits for a client before its writer waits, too: a few packets. */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * An answer whose end is not known when it begins: written as it comes, never compressed, kept by nobody. What Fastify
 * would do with an answer is over with its headers.
 */
export class ResponseStream {
  readonly #reply: FastifyReply;
  #hasGone = false;
  /** When the kernel took something, or there was nothing to take. */
  #takenMs = 0;
  #wake: (() => void) | undefined;
  #left: (() => void) | undefined;

  /** Sends the headers that `reply` has, and 200. */
  constructor(reply: FastifyReply, contentType: string) {
    this.#reply = reply;
    reply.hijack();
    const { raw } = reply;
    const headers = {
      ...reply.getHeaders(),
      'content-type': contentType,
      // `no-transform`: a proxy that compresses would wait for more.
      'cache-control': 'no-store, no-transform',
      // A proxy that buffers an answer (nginx) does not do so with this one.
      'x-accel-buffering': 'no',
    };
    reply.code(200);
    this.#hasGone = raw.destroyed;
    raw.on('drain', () => this.#wake?.());
    // Before the access line is written: whoever is told here has something to say there.
    raw.prependOnceListener('close', () => {
      this.#hasGone = true;
      this.#wake?.();
      if (!raw.writableFinished) this.#left?.();
    });
    reply.request.streamBeganMs = performance.now();
    raw.writeHead(200, headers as Record<string, string>);
    // Before the first part: the client knows that it is heard.
    raw.flushHeaders();
  }

  /** The client hangs up, or was cut off. */
  get hasGone(): boolean {
    return this.#hasGone;
  }

  /** Nothing more is written. */
  get hasEnded(): boolean {
    return this.#reply.raw.writableEnded;
  }

  /** Bytes that its client has not taken yet. */
  get waitingBytes(): number {
    return this.#reply.raw.writableLength;
  }

  /** For how long the kernel has taken nothing of them; 0 where there are none. */
  get untakenMs(): number {
    return this.waitingBytes === 0 ? 0 : performance.now() - this.#takenMs;
  }

  /** To be told at once when the client hangs up before the end. */
  onLeave(listener: () => void): void {
    this.#left = listener;
    if (this.#hasGone) listener();
  }

  write(text: string): void {
    if (this.#hasGone) return;
    if (this.waitingBytes === 0) this.#takenMs = performance.now();
    this.#reply.raw.write(text, this.#taken);
  }

  /** Undefined: there is room for more. Else a promise for when there is, or the client has gone. */
  room(): Promise<void> | undefined {
    if (this.#hasGone || this.waitingBytes < HIGH_WATER_BYTES) return undefined;
    return new Promise((resolve) => {
      this.#wake = () => {
        if (!this.#hasGone && this.waitingBytes >= HIGH_WATER_BYTES) return;
        this.#wake = undefined;
        resolve();
      };
    });
  }

  end(text = ''): void {
    if (!this.#hasGone) this.#reply.raw.end(text);
  }

  /** Cuts off who has not taken all of it by then. */
  cutAfter(ms: number): void {
    if (this.#hasGone) return;
    const timer = setTimeout(() => this.destroy(), ms);
    this.#reply.raw.once('close', () => clearTimeout(timer));
  }

  /** Cuts off who does not read. */
  destroy(): void {
    this.#reply.raw.destroy();
  }

  readonly #taken = (): void => {
    this.#takenMs = performance.now();
  };
}
