import { CodedError, type LogPosition } from '@tributary/service-kit';
import { isUpTo } from './is-up-to.ts';
import type { LiveResult } from './live-operation.ts';
import { resultBytes } from './result-bytes.ts';
import { bytesOf, type OpenSource, type SourceEvent } from './source-event.ts';
import type { WaitingBytes } from './waiting-bytes.ts';

export interface MissedEventsParts {
  /** In its turn. Does not reject. */
  complete(event: SourceEvent): Promise<LiveResult | undefined>;
  waiting: WaitingBytes;
}

/** What one client has missed, one after the other. */
export interface MissedReader {
  /** Undefined: that was all, and whatever comes now is told as it comes. */
  next(): { readonly event: SourceEvent; readonly result: Promise<LiveResult | undefined> } | undefined;
  leave(): void;
}

interface Completion {
  readonly startedMs: number;
  endedMs: number;
  readonly result: Promise<LiveResult | undefined>;
  /** What of it counts as waiting. */
  kept: LiveResult | undefined;
}

interface Missed {
  readonly event: SourceEvent;
  /** That counts as waiting; 0 as long as it does not. */
  bytes: number;
  completion: Completion | undefined;
}

interface Reader {
  /** Of the next one. Before all of them until it is known. */
  index: number;
  /** What was begun to be completed before is older than what it has already. */
  sinceMs: number;
  end(error: CodedError | undefined): void;
}

/** Who comes back is told what others were told who came back so shortly before. */
const SHARED_MS = 1000;
/** Events behind everybody that are kept: to take them away, the list is copied. */
const MOST_READ = 1000;

/**
 * What clients of a group have missed who go on with an earlier subscription: one list for all of them, which is read once,
 * and of which each event is completed once for all who come at about the same time. What happens meanwhile is put behind
 * it. Nobody is told a state that is older than what they were told before.
 */
export class MissedEvents {
  readonly #parts: MissedEventsParts;
  readonly #readers = new Set<Reader>();
  #missed: Missed[] = [];
  /** The index of the first, as readers count. Grows as read ones go, and sinks as earlier ones are put before it. */
  #first = 0;
  /** All that is behind this place is here. Undefined: nobody reads. */
  #after: LogPosition | undefined;
  #reading: Promise<unknown> | undefined;
  #trimAt = MOST_READ;
  readonly #eventBytes = { giveUp: () => this.#endAll(undefined) };
  /** They are completed again where they are asked for again. */
  readonly #resultBytes = { giveUp: () => this.#missed.forEach((each) => void this.#forget(each)) };

  constructor(parts: MissedEventsParts) {
    this.#parts = parts;
  }

  /**
   * Begins to read behind a place.
   *
   * @param end is told where not all of it can be had: too much waits, or, with an error, the log is another one
   * @throws CodedError SUBSCRIPTION_EVENTS_LOST where it is not kept any more
   */
  async readerFrom(source: OpenSource, after: LogPosition, end: Reader['end']): Promise<MissedReader> {
    this.#after ??= source.position();
    const reader: Reader = { index: Number.NEGATIVE_INFINITY, sinceMs: performance.now() - SHARED_MS, end };
    this.#readers.add(reader);
    const leave = () => this.#leave(reader);
    try {
      await this.#readBack(source, after);
    } catch (error) {
      leave();
      throw error;
    }
    const next = this.#missed.findIndex(({ event }) => !isUpTo(event.position, after));
    reader.index = this.#first + (next < 0 ? this.#missed.length : next);
    return { next: () => this.#next(reader), leave };
  }

  /** It was heard now. */
  add(event: SourceEvent): void {
    if (this.#after === undefined) return;
    if (event.position?.log !== this.#after.log) {
      this.#endAll(new CodedError('SUBSCRIPTION_EVENTS_LOST'));
      return;
    }
    if (this.#missed.length >= this.#trimAt) this.#trim();
    const missed = { event, bytes: 0, completion: undefined };
    this.#missed.push(missed);
    this.#count(missed);
  }

  /** One reads at a time: as a rule what it has read is all that the others want. */
  async #readBack(source: OpenSource, after: LogPosition): Promise<void> {
    const list = this.#missed;
    while (list === this.#missed && !isUpTo(this.#after, after)) {
      if (this.#reading !== undefined) {
        await this.#reading;
        continue;
      }
      const reading = this.#readOnce(source, after, list).finally(() => {
        this.#reading = undefined;
      });
      this.#reading = reading.catch(() => {});
      await reading;
    }
    if (list !== this.#missed) throw new CodedError('SUBSCRIPTION_EVENTS_LOST');
  }

  async #readOnce(source: OpenSource, after: LogPosition, list: Missed[]): Promise<void> {
    const events = await source.replay(after);
    if (events === undefined) throw new CodedError('SUBSCRIPTION_EVENTS_LOST');
    if (list !== this.#missed) return;
    const earlier = events.filter(({ position }) => isUpTo(position, this.#after));
    const missed = earlier.map((event): Missed => ({ event, bytes: 0, completion: undefined }));
    list.unshift(...missed);
    this.#first -= missed.length;
    this.#after = after;
    for (const each of missed) {
      this.#count(each);
      if (list !== this.#missed) return;
    }
  }

  #next(reader: Reader): ReturnType<MissedReader['next']> {
    const missed = this.#missed[reader.index - this.#first];
    if (missed === undefined) return undefined;
    reader.index++;
    const known = missed.completion;
    const completion = known !== undefined && known.startedMs >= reader.sinceMs ? known : this.#complete(missed);
    const result = completion.result.then((made) => {
      reader.sinceMs = completion.endedMs;
      return made;
    });
    return { event: missed.event, result };
  }

  #complete(missed: Missed): Completion {
    this.#forget(missed);
    const { complete, waiting } = this.#parts;
    const result = complete(missed.event).then((made) => {
      completion.endedMs = performance.now();
      if (made === undefined || missed.completion !== completion) return made;
      completion.kept = made;
      waiting.add(this.#resultBytes, made, resultBytes(made));
      return made;
    });
    const completion: Completion = {
      startedMs: performance.now(),
      endedMs: Number.POSITIVE_INFINITY,
      result,
      kept: undefined,
    };
    missed.completion = completion;
    return completion;
  }

  #count(missed: Missed): void {
    missed.bytes = bytesOf(missed.event);
    this.#parts.waiting.add(this.#eventBytes, missed.event, missed.bytes);
  }

  #forget(missed: Missed): void {
    const kept = missed.completion?.kept;
    missed.completion = undefined;
    if (kept !== undefined) this.#parts.waiting.remove(this.#resultBytes, kept, resultBytes(kept));
  }

  #drop(missed: readonly Missed[]): void {
    for (const each of missed) {
      this.#forget(each);
      if (each.bytes > 0) this.#parts.waiting.remove(this.#eventBytes, each.event, each.bytes);
    }
  }

  /** Takes away what all have read. */
  #trim(): void {
    let slowest = Number.POSITIVE_INFINITY;
    for (const { index } of this.#readers) slowest = Math.min(slowest, index);
    const read = this.#missed.splice(0, Math.max(0, slowest - this.#first));
    this.#first += read.length;
    this.#after = read.at(-1)?.event.position ?? this.#after;
    this.#drop(read);
    this.#trimAt = this.#missed.length * 2 + MOST_READ;
  }

  #leave(reader: Reader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
    const left = this.#missed;
    this.#missed = [];
    this.#first = 0;
    this.#after = undefined;
    this.#trimAt = MOST_READ;
    this.#drop(left);
  }

  #endAll(error: CodedError | undefined): void {
    for (const reader of [...this.#readers]) {
      this.#leave(reader);
      reader.end(error);
    }
  }
}
