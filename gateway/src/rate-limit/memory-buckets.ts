import { type Buckets, type Charge, hasTokens, type Taken } from './buckets.ts';

/** About 20 MB of memory. */
const MAX_BUCKETS = 100_000;

/**
 * Buckets of this process. Of more than it may keep, those that were not used for the longest time are forgotten, which
 * fills them: they are kept in two generations, of which the older one goes as a whole once the younger one is half of all.
 */
export class MemoryBuckets implements Buckets {
  readonly #now: () => number;
  readonly #generation: number;
  /** By key: when each is full again. */
  #younger = new Map<string, number>();
  #older = new Map<string, number>();

  /**
   * @param now Milliseconds of a clock that does not jump. Default: the process's.
   * @param max how many buckets are kept
   */
  constructor(now: () => number = () => performance.now(), max = MAX_BUCKETS) {
    this.#now = now;
    this.#generation = Math.max(1, Math.floor(max / 2));
  }

  get size(): number {
    return this.#younger.size + this.#older.size;
  }

  take(charges: readonly Charge[]): Taken {
    const nowMs = this.#now();
    const debtsMs: number[] = [];
    let isAllowed = true;
    for (const { limit, key, tokens } of charges) {
      const debtMs = this.#debtOf(key, nowMs);
      if (!hasTokens(limit, debtMs, tokens)) isAllowed = false;
      debtsMs.push(debtMs);
    }
    let index = 0;
    for (const { limit, key, tokens } of charges) {
      const debtMs = (debtsMs[index] ?? 0) + (isAllowed ? tokens * limit.intervalMs : 0);
      debtsMs[index++] = debtMs;
      // One that is full is as good as none: who is refused must not crowd others out.
      if (debtMs > 0) this.#keep(key, nowMs + debtMs);
    }
    return { isAllowed, debtsMs };
  }

  #debtOf(key: string, nowMs: number): number {
    const fullAtMs = this.#younger.get(key) ?? this.#older.get(key) ?? nowMs;
    return Math.max(0, fullAtMs - nowMs);
  }

  #keep(key: string, fullAtMs: number): void {
    // A bucket is in one generation only, so that they are counted once.
    if (this.#older.size > 0) this.#older.delete(key);
    this.#younger.set(key, fullAtMs);
    if (this.#younger.size < this.#generation) return;
    this.#older = this.#younger;
    this.#younger = new Map();
  }
}
