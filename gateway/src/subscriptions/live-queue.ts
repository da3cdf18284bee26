import type { CodedError } from '@tributary/service-kit';
import type { LiveEnd, LiveOperation, LiveResult } from './live-operation.ts';

type Next = IteratorResult<LiveResult, undefined>;

interface Waiting {
  resolve(next: Next): void;
  reject(error: CodedError): void;
}

/** What was made for one client, and has not been taken yet. */
export class LiveQueue implements LiveOperation {
  readonly #most: number;
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
   * @param left is called once when it ends, whoever ended it
   */
  constructor(most: number, left: () => void) {
    this.#most = most;
    this.#left = left;
  }

  get end(): LiveEnd | undefined {
    return this.#end;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns false where nobody takes it any more, also as this was one too many */
  push(result: LiveResult): boolean {
    if (this.#isOver) return false;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) waiting.resolve({ done: false, value: result });
    else if (this.#results.length < this.#most) this.#results.push(result);
    else {
      // Whoever reads so slowly goes on behind the last one that it has.
      this.#results.length = 0;
      this.finish('slow-consumer');
      return false;
    }
    return true;
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
    if (result !== undefined) return Promise.resolve({ done: false, value: result });
    if (!this.#isOver) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error);
  }

  return(): Promise<Next> {
    this.#results.length = 0;
    this.#close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
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
