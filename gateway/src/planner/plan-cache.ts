interface Kept<T> {
  readonly value: T;
  readonly bytes: number;
  uses: number;
}

/** A plan in memory is larger than its JSON text, and what is compiled of it takes as much again. */
const BYTES_PER_CHARACTER = 8;
const MAX_BYTES = 64 * 1024 ** 2;

/**
 * What is derived from plans, by `planKey`. Bounded by an estimate of its size; what was not used for the longest time
 * goes first.
 */
export class PlanCache<T> {
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;

  constructor(maxBytes: number = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Estimated. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    kept.uses++;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.value;
  }

  /** @param planCharacters Length of the plan as JSON text. One that alone is too large is not kept. */
  set(key: string, value: T, planCharacters: number): void {
    const bytes = (key.length + planCharacters) * BYTES_PER_CHARACTER;
    this.#delete(key);
    if (bytes > this.#maxBytes) return;
    this.#kept.set(key, { value, bytes, uses: 0 });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#delete(oldest);
    }
  }

  /** The most used first: what to plan for another supergraph before it takes over. */
  hottest(count: number): [key: string, value: T][] {
    const byUses = [...this.#kept].sort(([, a], [, b]) => b.uses - a.uses);
    return byUses.slice(0, count).map(([key, { value }]) => [key, value]);
  }

  #delete(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}
