/** Of one answer, before it waits for others. */
export const SLICE_BYTES = 256 * 1024;
/** One slice in so long: 256 MiB/s, so that it is soon known which answers are too large, and a turn for others each time. */
const SLICE_EVERY_MS = 1;

interface Waiting {
  readonly beganMs: number;
  resume(): void;
}

/**
 * The line of large answers for the event loop: however many there are, one slice of one of them is read at a time, and
 * then others have their turn. Who began first goes first, so that few of them are held in memory, and one that will be
 * too large is soon known to be.
 */
export class ReadingTurns {
  readonly #line = new Set<Waiting>();
  #isTimed = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  /**
   * @param resume called when it may read on
   * @returns by which it leaves the line
   */
  wait(beganMs: number, resume: () => void): () => void {
    const waiting = { beganMs, resume };
    this.#line.add(waiting);
    this.#next();
    return () => this.#line.delete(waiting);
  }

  #next(): void {
    if (this.#isTimed || this.#line.size === 0) return;
    this.#isTimed = true;
    const leftMs = this.#lastMs + SLICE_EVERY_MS - performance.now();
    if (leftMs > 0) setTimeout(() => this.#give(), Math.ceil(leftMs));
    else setImmediate(() => this.#give());
  }

  #give(): void {
    this.#isTimed = false;
    let first: Waiting | undefined;
    for (const each of this.#line) if (first === undefined || each.beganMs < first.beganMs) first = each;
    if (first === undefined) return;
    this.#line.delete(first);
    this.#lastMs = performance.now();
    first.resume();
    this.#next();
  }
}

/** Of this process: all subgraphs share its event loop. */
export const readingTurns = new ReadingTurns();
