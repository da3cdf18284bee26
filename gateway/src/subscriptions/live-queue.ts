import type { CodedError } from '@tributary/service-kit';
import type { LiveEnd, LiveOperation, LiveResult } from './live-operation.ts';
import { resultBytes } from './result-bytes.ts';
import type { Holder, WaitingBytes } from './waiting-bytes.ts';

type Next = IteratorResult<LiveResult, undefined>;

interface Waiting {
  resolve(next: Next): void;
  reject(error: CodedError): void;
}

/** What was made for one client, and has not been taken yet. */
export class LiveQueue implements LiveOperation, Holder {
  readonly #most: number;
  readonly #bytes: WaitingBytes;
  readonly #left: () => void;
  readonly #results: LiveResult[] = [];
  readonly #waiting: Waiting[] = [];
  #roomWaiting: (() => void)[] = [];
  #end: LiveEnd | undefined;
  #error: CodedError | undefined;
  #isOver = false;
  startId: string | undefined;

  /**
   * @param most results that may wait
   * @param bytes where those count that do
   * @param left is called once when it ends, whoever ended it
   */
  constructor(most: number, bytes: WaitingBytes, left: () => void) {
    this.#most = most;
    this.#bytes = bytes;
    this.#left = left;
  }

  get end(): LiveEnd | undefined {
    return this.#end;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** It ends where this is one too many, or too many bytes wait in this process and it has most of them. */
  push(result: LiveResult): void {
    if (this.#isOver) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) waiting.resolve({ done: false, value: result });
    else if (this.#results.length >= this.#most) this.giveUp();
    else {
      this.#results.push(result);
      this.#bytes.add(this, result, resultBytes(result));
    }
  }

  /** Whoever reads so slowly goes on behind the last one that it has. */
  giveUp(): void {
    const hasLost = this.#results.length > 0;
    this.#clear();
    this.finish('slow_consumer');
    if (!hasLost) return;
    // It was over, but not for whoever had not taken all: it did not get what that end stands for.
    this.#end = 'slow_consumer';
    this.#error = undefined;
  }

  /** What waits is taken first. @param error what `next` rejects with then */
  finish(end: LiveEnd, error?: CodedError): void {
    if (this.#isOver) return;
    this.#end = end;
    this.#error = error;
    this.#close();
  }

  /** Resolves once one more may be pushed, or nobody takes any. */
  async room(): Promise<void> {
    while (!this.#isOver && this.#results.length >= this.#most) {
      await new Promise<void>((resolve) => this.#roomWaiting.push(resolve));
    }
  }

  next(): Promise<Next> {
    const result = this.#results.shift();
    this.#wakeForRoom();
    if (result !== undefined) {
      this.#bytes.remove(this, result, resultBytes(result));
      return Promise.resolve({ done: false, value: result });
    }
    if (!this.#isOver) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error);
  }

  return(): Promise<Next> {
    this.#clear();
    this.#close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #clear(): void {
    for (const result of this.#results.splice(0)) this.#bytes.remove(this, result, resultBytes(result));
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#left();
    this.#wakeForRoom();
    const [first, ...others] = this.#waiting.splice(0);
    const error = this.#error;
    if (first !== undefined && error !== undefined) {
      this.#error = undefined;
      first.reject(error);
    } else first?.resolve(DONE);
    for (const { resolve } of others) resolve(DONE);
  }

  #wakeForRoom(): void {
    const waiting = this.#roomWaiting;
    if (waiting.length === 0) return;
    this.#roomWaiting = [];
    for (const wake of waiting) wake();
  }
}

const DONE: Next = { done: true, value: undefined };
