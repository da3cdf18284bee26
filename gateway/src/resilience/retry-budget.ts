/** As many as ten times that many requests have saved up may be sent again at once. */
const MOST_SAVED = 100;
/** After so long without one, one is granted: a subgraph that is asked rarely saves nothing up. */
const GRANTED_AFTER_MS = 10_000;

/**
 * How often a subgraph may be sent something once more: a share of what it is sent. Where everything fails, repeating it
 * adds that share to the load and no more.
 */
export class RetryBudget {
  readonly #share: number;
  #saved = 0;
  #lastTakenMs = Number.NEGATIVE_INFINITY;

  /** @param share of the requests, from 0 to 1 */
  constructor(share: number) {
    this.#share = share;
  }

  /** A request is sent for the first time. */
  save(): void {
    this.#saved = Math.min(MOST_SAVED, this.#saved + this.#share);
  }

  /** @returns whether one may be sent again */
  take(nowMs: number): boolean {
    if (this.#share === 0) return false;
    // Granted, not given: it is paid back by the next requests.
    if (this.#saved < 1 && nowMs - this.#lastTakenMs < GRANTED_AFTER_MS) return false;
    this.#saved = Math.max(-1, this.#saved - 1);
    this.#lastTakenMs = nowMs;
    return true;
  }
}
