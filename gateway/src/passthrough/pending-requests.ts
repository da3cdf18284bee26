import type { ServerResponse } from 'node:http';

/** Counts the requests to each service that have no whole answer yet: what hangs there must not take all memory here. */
export class PendingRequests {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  /** @param most To each origin. */
  constructor(most: number) {
    this.#most = most;
  }

  /** @returns whether there is room for one more. It counts until its answer is over, or given up. */
  enter(origin: string, answer: ServerResponse): boolean {
    const count = this.#counts.get(origin) ?? 0;
    if (count >= this.#most) return false;
    // The client may have left before.
    if (answer.closed) return true;
    this.#counts.set(origin, count + 1);
    answer.once('close', () => this.#counts.set(origin, (this.#counts.get(origin) as number) - 1));
    return true;
  }
}
