import type { WebSocket } from 'ws';

/** What waits for a client before results wait for it: a few packets. */
const HIGH_WATER_BYTES = 64 * 1024;
/** What may wait of answers to what a client sends without reading any. */
const MOST_BYTES = 1024 * 1024;

/** Sends messages to one client, and says how many it takes. */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #overflow: () => void;
  #waiting: (() => void)[] = [];
  /** Of what waits for the client, what is no result. */
  #answerBytes = 0;

  /** @param overflow is called when a client that does not read makes the gateway write all the same */
  constructor(socket: WebSocket, overflow: () => void) {
    this.#socket = socket;
    this.#overflow = overflow;
  }

  /** Of the connection itself, or the end of an operation: short, and sent at once. */
  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#answerBytes > MOST_BYTES) {
      this.#overflow();
      return;
    }
    const bytes = Buffer.byteLength(text);
    this.#answerBytes += bytes;
    this.#socket.send(text, () => {
      this.#answerBytes -= bytes;
      this.#flushed();
    });
  }

  /** A result. Before the next one, `room` is to be waited for. */
  sendResult(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text, this.#flushed);
  }

  /** Undefined: there is room for more. Else a promise for when there is, or the client has gone. */
  room(): Promise<void> | undefined {
    if (this.#hasRoom) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Nobody is there any more. */
  close(): void {
    this.#wake();
  }

  get #hasRoom(): boolean {
    return this.#socket.readyState !== this.#socket.OPEN || this.#socket.bufferedAmount < HIGH_WATER_BYTES;
  }

  readonly #flushed = (): void => {
    if (this.#waiting.length > 0 && this.#hasRoom) this.#wake();
  };

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
