const BUCKETS = 10;

export interface FailureWindowOptions {
  windowMs: number;
  /** Of all in the window, from 0 to 1. */
  share: number;
  /** With fewer of them nothing is said. */
  minimum: number;
}

/** How many of what happened lately failed: in a window that moves by a tenth of itself. */
export class FailureWindow {
  readonly #options: FailureWindowOptions;
  readonly #widthMs: number;
  readonly #totals = new Uint32Array(BUCKETS);
  readonly #failures = new Uint32Array(BUCKETS);
  #bucket = 0;
  #total = 0;
  #failed = 0;

  constructor(options: FailureWindowOptions) {
    this.#options = options;
    this.#widthMs = options.windowMs / BUCKETS;
  }

  get total(): number {
    return this.#total;
  }

  get failed(): number {
    return this.#failed;
  }

  /** @returns whether with this failure too many have failed */
  add(nowMs: number, isFailure: boolean): boolean {
    this.#moveTo(Math.floor(nowMs / this.#widthMs));
    const index = this.#bucket % BUCKETS;
    this.#totals[index] = (this.#totals[index] as number) + 1;
    this.#total++;
    if (!isFailure) return false;
    this.#failures[index] = (this.#failures[index] as number) + 1;
    this.#failed++;
    const { minimum, share } = this.#options;
    return this.#total >= minimum && this.#failed >= share * this.#total;
  }

  clear(): void {
    this.#totals.fill(0);
    this.#failures.fill(0);
    this.#total = 0;
    this.#failed = 0;
  }

  #moveTo(bucket: number): void {
    if (bucket === this.#bucket) return;
    if (bucket - this.#bucket >= BUCKETS) this.clear();
    else {
      for (let passed = this.#bucket + 1; passed <= bucket; passed++) {
        const index = passed % BUCKETS;
        this.#total -= this.#totals[index] as number;
        this.#failed -= this.#failures[index] as number;
        this.#totals[index] = 0;
        this.#failures[index] = 0;
      }
    }
    this.#bucket = bucket;
  }
}
