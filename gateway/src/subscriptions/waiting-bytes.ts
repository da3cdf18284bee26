/** Has something that waits. */
export interface Holder {
  /** Has nothing of it any more when this returns. */
  giveUp(): void;
}

/** Some events of 10 MiB, which is the most that one may have (`subgraphRequest.maxResponse`). */
const MOST_BYTES = 64 * 1024 ** 2;

/**
 * What waits in this process: events to be completed, and results to be taken. What waits for many is there once, and counts
 * once. Where all of it is more than `most` bytes, whoever has most gives up what they have, until it is less.
 */
export class WaitingBytes {
  readonly #most: number;
  /** For how many each thing waits. */
  readonly #holders = new Map<object, number>();
  /** As if nothing were shared: who has most waits longest, whether or not others have the same. */
  readonly #held = new Map<Holder, number>();
  #bytes = 0;

  constructor(most: number = MOST_BYTES) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Something waits for somebody. They may have given it up when this returns.
   *
   * @param bytes of it: each time the same
   */
  add(holder: Holder, thing: object, bytes: number): void {
    const holders = this.#holders.get(thing) ?? 0;
    this.#holders.set(thing, holders + 1);
    if (holders === 0) this.#bytes += bytes;
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + bytes);
    for (let largest = this.#tooLarge(); largest !== undefined; largest = this.#tooLarge()) largest.giveUp();
  }

  /** It waits for them no longer. */
  remove(holder: Holder, thing: object, bytes: number): void {
    const holders = (this.#holders.get(thing) ?? 0) - 1;
    if (holders > 0) this.#holders.set(thing, holders);
    else {
      this.#holders.delete(thing);
      this.#bytes -= bytes;
    }
    const held = (this.#held.get(holder) ?? 0) - bytes;
    if (held > 0) this.#held.set(holder, held);
    else this.#held.delete(holder);
  }

  /** Whoever has most, where all of it is too much. */
  #tooLarge(): Holder | undefined {
    if (this.#bytes <= this.#most) return undefined;
    let largest: Holder | undefined;
    let most = 0;
    for (const [holder, bytes] of this.#held) {
      if (bytes <= most) continue;
      largest = holder;
      most = bytes;
    }
    return largest;
  }
}
