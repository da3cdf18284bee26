import type { TailedEvent } from '@tributary/service-kit';

/** Events that are kept for those who come back, and their bytes: at 300 bytes each some 3 MB. */
export const MOST_KEPT = 10_000;
const MOST_KEPT_BYTES = 8 * 1024 ** 2;

/** The last events of a log: all behind a place, as far as they are not too many. */
export class KeptEvents {
  #events: { readonly heard: TailedEvent; readonly bytes: number }[] = [];
  #bytes = 0;
  #after: number;

  /** @param after the sequence behind which all events are going to be added */
  constructor(after: number) {
    this.#after = after;
  }

  /** Behind this sequence all events are here. */
  get after(): number {
    return this.#after;
  }

  get isFull(): boolean {
    return this.#events.length >= MOST_KEPT;
  }

  get all(): readonly TailedEvent[] {
    return this.#events.map(({ heard }) => heard);
  }

  /** @returns whether older ones had to go */
  add(events: readonly TailedEvent[]): boolean {
    for (const heard of events) {
      const bytes = JSON.stringify(heard.event).length;
      this.#events.push({ heard, bytes });
      this.#bytes += bytes;
    }
    if (this.#events.length <= MOST_KEPT * 1.1 && this.#bytes <= MOST_KEPT_BYTES) return false;
    let dropped = 0;
    // Some more than need be: what is left is copied.
    while (this.#events.length - dropped > MOST_KEPT || this.#bytes > MOST_KEPT_BYTES * 0.9) {
      const oldest = this.#events[dropped++];
      if (oldest === undefined) break;
      this.#bytes -= oldest.bytes;
      this.#after = oldest.heard.sequence;
    }
    this.#events = this.#events.slice(dropped);
    return dropped > 0;
  }
}
