import { CodedError, type LogPosition } from '@tributary/service-kit';
import { eventIdOf, NO_EVENT_YET, positionOf } from './event-id.ts';
import { isUpTo } from './is-up-to.ts';
import type { LiveResult } from './live-operation.ts';
import type { LiveQueue } from './live-queue.ts';
import type { MissedEvents, MissedReader } from './missed-events.ts';
import type { OpenSource } from './source-event.ts';

/** One client of a group: where it has got to, which may be behind the others for a while. */
export class LiveMember {
  readonly queue: LiveQueue;
  /** It is told what it has missed, and whatever happens meanwhile behind that. */
  #isBehind = false;
  /** Up to here it has everything, or gets it otherwise. */
  #after: LogPosition | undefined;

  constructor(queue: LiveQueue) {
    this.queue = queue;
  }

  /**
   * Begins now, or behind the last event that the client has: those since then come first.
   *
   * @param missed events of its group; made when they are asked for
   * @param requestId of whoever begins
   * @throws CodedError SUBSCRIPTION_EVENTS_LOST where they are not kept any more
   */
  async begin(
    source: OpenSource,
    missed: () => MissedEvents,
    { lastEventId, requestId }: { lastEventId: string | undefined; requestId: string },
  ): Promise<void> {
    const now = source.position();
    this.#after = now;
    if (lastEventId === undefined || lastEventId === NO_EVENT_YET) {
      const startId = now && eventIdOf(now);
      this.queue.startId = startId;
      const isTold = lastEventId === NO_EVENT_YET && startId !== undefined;
      if (isTold) this.queue.push({ result: { data: 'null', errors: [] }, eventId: startId, requestId });
      return;
    }
    const after = positionOf(lastEventId);
    if (now === undefined || after?.log !== now.log) throw new CodedError('SUBSCRIPTION_EVENTS_LOST');
    this.queue.startId = lastEventId;
    if (after.sequence >= now.sequence) {
      // It has heard of it by another gateway, which is ahead.
      this.#after = after;
      return;
    }
    this.#isBehind = true;
    const end = (error?: CodedError) => this.queue.finish(error === undefined ? 'slow_consumer' : 'failed', error);
    const reader = await missed().readerFrom(source, after, end);
    void this.#catchUp(reader).finally(() => reader.leave());
  }

  take(result: LiveResult, position: LogPosition | undefined): void {
    if (!this.#isBehind && !isUpTo(position, this.#after)) this.queue.push(result);
  }

  async #catchUp(reader: MissedReader): Promise<void> {
    for (;;) {
      await this.queue.room();
      if (this.queue.isOver) return;
      const missed = reader.next();
      if (missed === undefined) break;
      const result = await missed.result;
      this.#after = missed.event.position;
      if (result !== undefined) this.queue.push(result);
    }
    this.#isBehind = false;
  }
}
