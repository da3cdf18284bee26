import { connect, type Socket } from 'node:net';
import { type Answer, readAnswer } from './read-answer.ts';

/** Of more than most answers have. */
const FIRST_ROOM_BYTES = 256 * 1024;

/**
 * A kept HTTP connection, one request at a time. By hand, and without a copy of what is received, as an HTTP client
 * would take more of the machine than the fastest gateways do.
 */
export class Connection {
  readonly #socket: Socket;
  /** The answer so far, and room for more of it. */
  #bytes = Buffer.allocUnsafeSlow(FIRST_ROOM_BYTES);
  #size = 0;
  #wanted = 0;
  #waiting: PromiseWithResolvers<Answer> | undefined;

  constructor(port: number) {
    const onread = { buffer: () => this.#room(), callback: (size: number) => this.#take(size) };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the gateway closed a connection')));
  }

  /** `request` is the whole of it, as bytes. Rejects when the connection ends instead. The answer is good until then. */
  ask(request: string): Promise<Answer> {
    this.#waiting = Promise.withResolvers();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #room(): Buffer {
    if (this.#size === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length * 2);
    return this.#bytes.subarray(this.#size);
  }

  #take(received: number): boolean {
    this.#size += received;
    if (this.#size < this.#wanted) return true;
    const answer = readAnswer(this.#bytes.subarray(0, this.#size));
    if (typeof answer === 'number') {
      this.#wanted = answer;
    } else {
      this.#size = 0;
      this.#wanted = 0;
      this.#waiting?.resolve(answer);
    }
    return true;
  }
}
