/** An answer that did not come in time; it may come later, and is then dropped. */
export class LateError extends Error {
  override readonly name = 'LateError';

  constructor(afterMs: number) {
    super(`no answer in ${afterMs} ms`);
  }
}

interface Waiting {
  readonly untilMs: number;
  reject(error: Error): void;
}

/** Gives answers the same time each. They end in the order in which they began, so that one timer does for all of them. */
export class InTime {
  readonly #limitMs: number;
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** @throws LateError */
  wait<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { untilMs: performance.now() + this.#limitMs, reject };
      this.#waiting.add(waiting);
      this.#timer ??= setTimeout(() => this.#look(), this.#limitMs);
      answer.then(resolve, reject).finally(() => this.#waiting.delete(waiting));
    });
  }

  /** Ends everything that is waited for now. */
  giveUp(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#end([...this.#waiting]);
  }

  /** Where this process itself was held up, answers are there that it has not read yet: they come first. */
  #look(): void {
    this.#timer = undefined;
    setImmediate(() => this.#endLate());
  }

  #endLate(): void {
    const nowMs = performance.now();
    this.#end([...this.#waiting].filter(({ untilMs }) => untilMs <= nowMs));
    const [next] = this.#waiting;
    if (next !== undefined) this.#timer ??= setTimeout(() => this.#look(), Math.max(1, next.untilMs - nowMs));
  }

  #end(late: readonly Waiting[]): void {
    for (const waiting of late) {
      this.#waiting.delete(waiting);
      waiting.reject(new LateError(this.#limitMs));
    }
  }
}
