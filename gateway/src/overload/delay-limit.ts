export interface DelayLimitOptions {
  /** So many may wait for their turn, however long. */
  readonly minimum: number;
  /** So many may wait, however short. */
  readonly maximum: number;
}

/** So long may a request wait for its turn. A person does not notice; a queue that only ever grows is soon beyond it. */
const TARGET_MS = 50;
/** One long turn, of a garbage collection, is no overload: the shortest delay of so long and so many turns counts. */
const INTERVAL_MS = 100;
const INTERVAL_TURNS = 3;
const CUT = 0.9;
/** From the minimum to the maximum in less than 5 s. */
const STEPS = 40;

/**
 * How many requests may wait for the gateway at once, by how long they do, which can be measured: so many that it stays
 * below 50 ms. Additive increase, multiplicative decrease; no timers (docs/adr/0029).
 */
export class DelayLimit {
  readonly #minimum: number;
  readonly #maximum: number;
  #limit: number;
  #shortestMs = Number.POSITIVE_INFINITY;
  #turns = 0;
  #intervalBeganMs = 0;

  constructor({ minimum, maximum }: DelayLimitOptions) {
    this.#maximum = maximum;
    this.#minimum = Math.min(minimum, maximum);
    this.#limit = maximum;
  }

  get limit(): number {
    return this.#limit;
  }

  /** @param waiting requests that wait for their turn. @returns whether the limit has changed */
  note(nowMs: number, delayMs: number, waiting: number): boolean {
    this.#turns++;
    if (delayMs < this.#shortestMs) this.#shortestMs = delayMs;
    const tookMs = nowMs - this.#intervalBeganMs;
    if (tookMs < INTERVAL_MS || this.#turns < INTERVAL_TURNS) return false;
    const before = this.#limit;
    if (this.#shortestMs > TARGET_MS) {
      this.#limit = Math.max(this.#minimum, Math.floor(CUT * Math.min(this.#limit, waiting)));
    } else {
      this.#limit = Math.min(this.#maximum, this.#limit + Math.ceil((this.#maximum - this.#minimum) / STEPS));
    }
    this.#shortestMs = Number.POSITIVE_INFINITY;
    this.#turns = 0;
    this.#intervalBeganMs = nowMs;
    return this.#limit !== before;
  }
}
