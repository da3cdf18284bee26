/** So long is looked at before something is concluded, and again afterwards. */
const INTERVAL_MS = 500;
/** Clients that wait for each answer before they ask again are fewer for a moment, whenever some are answered at once. */
const GROWTH = 1.1;

/**
 * Tells a queue that a server works off from one that only grows (docs/adr/0029). A burst makes a queue once: it is as long
 * as it will be within its first interval. Only where a queue was never empty, and at the end of a later interval there is
 * a tenth more to do than there was at the end of another one, more comes than can be done: the queue stands, until it is
 * empty for once. By the clock of its caller; no timers.
 */
export class StandingQueue {
  #isThere = false;
  #isStanding = false;
  #lookedMs = 0;
  /** The least that was to do at the end of an interval; infinite while the first one is not over. */
  #leastToDo = Number.POSITIVE_INFINITY;
  /** Until this interval began. */
  #turnedAway = 0;

  get isStanding(): boolean {
    return this.#isStanding;
  }

  /**
   * To be told whenever something joins or leaves.
   *
   * @param waiting the queue's length
   * @param underWay what the server has
   * @param turnedAway as there was no place for it, ever since: it is to be done, too
   */
  note(nowMs: number, waiting: number, underWay: number, turnedAway: number): void {
    if (waiting === 0) {
      this.#isThere = false;
      this.#isStanding = false;
      this.#leastToDo = Number.POSITIVE_INFINITY;
    } else if (!this.#isThere) {
      this.#isThere = true;
      this.#lookedMs = nowMs;
      this.#turnedAway = turnedAway;
    } else if (nowMs - this.#lookedMs >= INTERVAL_MS) {
      const toDo = waiting + underWay + turnedAway - this.#turnedAway;
      if (toDo > GROWTH * this.#leastToDo) this.#isStanding = true;
      this.#leastToDo = Math.min(this.#leastToDo, toDo);
      this.#lookedMs = nowMs;
      this.#turnedAway = turnedAway;
    }
  }
}
