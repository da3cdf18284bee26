import { connect, type Socket } from 'node:net';
import { type Answer, readAnswer } from './read-answer.ts';

/**
 * A kept HTTP connection, one request at a time. By hand, as an HTTP client would take more of the machine than the
 * fastest gateways do.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #size = 0;
  #wanted = 0;
  #waiting: PromiseWithResolvers<Answer> | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the gateway closed a connection')));
  }

  /** `request` is the whole of it, as bytes. Rejects when the connection ends instead. */
  ask(request: string): Promise<Answer> {
    this.#waiting = Promise.withResolvers();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#size += bytes.length;
    if (this.#size < this.#wanted) return;
    const answer = readAnswer(this.#received.length === 1 ? bytes : Buffer.concat(this.#received));
    if (typeof answer === 'number') {
      this.#wanted = answer;
      return;
    }
    this.#received = [];
    this.#size = 0;
    this.#wanted = 0;
    this.#waiting?.resolve(answer);
  }
}
