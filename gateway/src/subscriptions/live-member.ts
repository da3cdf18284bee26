import { CodedError, type LogPosition } from '@tributary/service-kit';
import type { OperationResult } from '../executor/prepare-operation.ts';
import { eventIdOf, positionOf } from './event-id.ts';
import { LiveQueue } from './live-queue.ts';
import type { OpenSource, SourceEvent } from './source-event.ts';

interface Held {
  readonly result: OperationResult;
  readonly position: LogPosition | undefined;
}

/** One client of a group: where it has got to, which may be behind the others for a while. */
export class LiveMember {
  readonly queue: LiveQueue;
  readonly #most: number;
  /** What came while it catches up. */
  #held: Held[] | undefined;
  /** Up to here it has everything, or gets it otherwise. */
  #after: LogPosition | undefined;

  /** @param left is called once when it ends */
  constructor(most: number, left: () => void) {
    this.#most = most;
    this.queue = new LiveQueue(most, left);
  }

  /**
   * Begins now, or behind the last event that the client has: those since then are read, and come first.
   *
   * @throws CodedError SUBSCRIPTION_EVENTS_LOST where they are not kept any more
   */
  async begin(
    source: OpenSource,
    lastEventId: string | undefined,
    resultOf: (event: SourceEvent) => Promise<OperationResult | undefined>,
  ): Promise<void> {
    const now = source.position();
    if (lastEventId === undefined) {
      this.queue.startId = now && eventIdOf(now);
      return;
    }
    const after = positionOf(lastEventId);
    if (now === undefined || after?.log !== now.log) throw new CodedError('SUBSCRIPTION_EVENTS_LOST');
    this.queue.startId = lastEventId;
    this.#held = [];
    this.#after = after.sequence > now.sequence ? after : now;
    const missed = await source.replay(after);
    if (missed === undefined) throw new CodedError('SUBSCRIPTION_EVENTS_LOST');
    void this.#catchUp(missed, resultOf);
  }

  take(result: OperationResult, position: LogPosition | undefined): void {
    if (isUpTo(position, this.#after)) return;
    if (this.#held === undefined) this.#push(result, position);
    else if (this.#held.length < this.#most) this.#held.push({ result, position });
    else this.queue.finish('slow-consumer');
  }

  async #catchUp(
    events: readonly SourceEvent[],
    resultOf: (event: SourceEvent) => Promise<OperationResult | undefined>,
  ): Promise<void> {
    for (const event of events) {
      await this.queue.room();
      if (this.queue.isOver) return;
      const result = await resultOf(event);
      if (result !== undefined) this.#push(result, event.position);
    }
    while (this.#held !== undefined && this.#held.length > 0) {
      await this.queue.room();
      if (this.queue.isOver) return;
      const next = this.#held.shift();
      if (next !== undefined) this.#push(next.result, next.position);
    }
    this.#held = undefined;
  }

  #push(result: OperationResult, position: LogPosition | undefined): void {
    this.queue.push({ result, eventId: position && eventIdOf(position) });
  }
}

const isUpTo = (position: LogPosition | undefined, after: LogPosition | undefined): boolean =>
  position !== undefined && position.log === after?.log && position.sequence <= after.sequence;
