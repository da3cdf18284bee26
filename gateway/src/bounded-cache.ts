interface Kept<T> {
  readonly value: T;
  bytes: number;
  uses: number;
}

/** Bounded by an estimate of its size, and by number; what was not used for the longest time goes first. */
export class BoundedCache<T> {
  readonly #maxBytes: number;
  readonly #maxSize: number;
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;

  /** @param maxSize Default: no more than fit. */
  constructor(maxBytes: number, maxSize = Number.POSITIVE_INFINITY) {
    this.#maxBytes = maxBytes;
    this.#maxSize = maxSize;
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

  /** @param bytes What it takes with its key. What alone is too large is not kept. */
  set(key: string, value: T, bytes: number): void {
    this.#delete(key);
    if (bytes > this.#maxBytes) return;
    this.#kept.set(key, { value, bytes, uses: 0 });
    this.#bytes += bytes;
    this.#dropOldest();
  }

  /** Something that is kept takes more than was said, by so many bytes. What is no more kept under its key is let be. */
  grow(key: string, value: T, bytes: number): void {
    const kept = this.#kept.get(key);
    if (kept?.value !== value) return;
    kept.bytes += bytes;
    this.#bytes += bytes;
    this.#dropOldest();
  }

  /** The most used first. */
  hottest(count: number): [key: string, value: T][] {
    const byUses = [...this.#kept].sort(([, a], [, b]) => b.uses - a.uses);
    return byUses.slice(0, count).map(([key, { value }]) => [key, value]);
  }

  #dropOldest(): void {
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes && this.#kept.size <= this.#maxSize) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}
