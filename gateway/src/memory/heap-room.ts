import type { Component } from '@tributary/service-kit';
import { type Heap, processHeap } from './heap.ts';

/**
 * Of the heap's limit; with more in use, nothing further is kept open. The rest is for what comes and goes: requests, events,
 * and what caches do not hold yet.
 */
const MOST = 0.7;
/** What one thing that is kept open takes, as a rule (docs/performance.md). Counts until the next full collection. */
const EACH_BYTES = 8 * 1024;

/**
 * Whether there is memory for one thing more that is kept open, for however long its client likes.
 *
 * What is in use after a full collection counts: at other times there is garbage with it, of which a busy process has much.
 * Such collections are rare, so that what has come since is added, and what has gone is taken off.
 */
export class HeapRoom implements Component {
  readonly name = 'heap';
  readonly #heap: Heap;
  #open = 0;
  /** After the last full collection. */
  #found: { readonly bytes: number; readonly open: number } | undefined;
  #unlisten: (() => void) | undefined;

  constructor(heap: Heap = processHeap) {
    this.#heap = heap;
  }

  start(): void {
    this.#unlisten = this.#heap.onCollected(() => {
      this.#found = { bytes: this.#heap.usedBytes(), open: this.#open };
    });
  }

  stop(): void {
    this.#unlisten?.();
  }

  get isFull(): boolean {
    const most = this.#heap.limitBytes * MOST;
    // With garbage it is no less: where there is room so, there is.
    return this.#expectedBytes() > most && this.#heap.usedBytes() > most;
  }

  add(): void {
    this.#open++;
  }

  remove(): void {
    this.#open--;
  }

  #expectedBytes(): number {
    if (this.#found === undefined) return Number.POSITIVE_INFINITY;
    return this.#found.bytes + (this.#open - this.#found.open) * EACH_BYTES;
  }
}
