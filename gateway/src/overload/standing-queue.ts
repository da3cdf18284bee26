/** So long is looked at before something is concluded, and again afterwards. */
const INTERVAL_MS = 500;

/**
 * Tells a queue that a server works off from one that only grows (docs/adr/0029). A burst makes a queue once: it is as long
 * as it will be within its first interval. Only where a queue was never empty, and in a later interval there is more to do
 * at the end than at its beginning, more comes than can be done: the queue stands, until it is empty for once. By the
 * clock of its caller; no timers.
 */
export class StandingQueue {
  #isThere = false;
  #isStanding = false;
  #lookedMs = 0;
  /** What was to do then. Undefined: the first interval is not over. */
  #toDo: number | undefined;

  get isStanding(): boolean {
    return this.#isStanding;
  }

  /**
   * To be told whenever something joins or leaves.
   *
   * @param waiting the queue's length
   * @param underWay what the server has
   */
  note(nowMs: number, waiting: number, underWay: number): void {
    if (waiting === 0) {
      this.#isThere = false;
      this.#isStanding = false;
      this.#toDo = undefined;
    } else if (!this.#isThere) {
      this.#isThere = true;
      this.#lookedMs = nowMs;
    } else if (nowMs - this.#lookedMs >= INTERVAL_MS) {
      const toDo = waiting + underWay;
      if (this.#toDo !== undefined && toDo > this.#toDo) this.#isStanding = true;
      this.#toDo = toDo;
      this.#lookedMs = nowMs;
    }
  }
}
