import type {
  CloudEvent,
  EventFollower,
  EventTail,
  Logger,
  LogPosition,
  Metrics,
  TailedEvent,
} from '@tributary/service-kit';
import { type EventBinding, entityOfEvent, topicOfEvent } from './event-binding.ts';
import type { SourceEvent } from './source-event.ts';

export interface EventHubParts {
  tail: EventTail;
  log: Logger;
  metrics: Metrics;
}

/** Events that are kept for those who come back, and their bytes: at 300 bytes each some 3 MB. */
const MOST_KEPT = 10_000;
const MOST_KEPT_BYTES = 8 * 1024 ** 2;

type Listener = (event: SourceEvent) => void;

interface Bound {
  readonly binding: EventBinding;
  /** By topic. */
  readonly listeners: Map<string, Set<Listener>>;
}

interface Kept {
  readonly heard: TailedEvent;
  readonly bytes: number;
}

/**
 * One reader of the log of events for all subscriptions of this process. It looks up who hears an event by what its data
 * says, and keeps the last ones for those who come back: after a restart the log is read once, not by each of them.
 */
export class EventHub {
  readonly #parts: EventHubParts;
  readonly #bound = new Map<string, Bound>();
  readonly #types = new Set<string>();
  #follower: EventFollower | undefined;
  #position: LogPosition | undefined;
  #kept: Kept[] = [];
  #bytes = 0;
  /** Behind this sequence all events are kept. */
  #keptAfter = 0;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(parts: EventHubParts) {
    this.#parts = parts;
    const pending = parts.metrics.get('graphql_subscription_source_pending');
    parts.metrics.beforeScrape(() => pending.set(this.#follower?.pending ?? 0));
  }

  /** Resolves once everything that is published from now on is heard. */
  async ready(types: Iterable<string>): Promise<void> {
    const before = this.#types.size;
    for (const type of types) this.#types.add(type);
    if (this.#follower === undefined || this.#types.size > before) this.#follow();
    const position = await this.#follower?.from;
    this.#position ??= position;
  }

  /** Where it is. Undefined before it was ready. */
  get position(): LogPosition | undefined {
    return this.#position;
  }

  /** @returns what ends it */
  listen(binding: EventBinding, topic: string, listener: Listener): () => void {
    const bound = this.#bound.get(binding.id) ?? { binding, listeners: new Map() };
    this.#bound.set(binding.id, bound);
    const listeners = bound.listeners.get(topic) ?? new Set();
    bound.listeners.set(topic, listeners.add(listener));
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      bound.listeners.delete(topic);
      if (bound.listeners.size === 0) this.#bound.delete(binding.id);
    };
  }

  /** Events of a topic behind a place, up to where this is now. Undefined: they are not all there any more. */
  async replay(binding: EventBinding, topic: string, after: LogPosition): Promise<SourceEvent[] | undefined> {
    const upTo = this.#position;
    if (upTo === undefined || upTo.log !== after.log) return undefined;
    if (after.sequence >= upTo.sequence) return [];
    const turn = this.#reading.then(() => this.#since(after));
    this.#reading = turn.catch(() => {});
    const events = await turn;
    return events?.flatMap((heard) => {
      const { event, log, sequence } = heard;
      const isBetween = log === upTo.log && sequence > after.sequence && sequence <= upTo.sequence;
      const isAsked = isBetween && binding.types.includes(event.type);
      const found = isAsked && topicOfEvent(binding, event) === topic ? sourceEvent(binding, heard) : undefined;
      return found === undefined ? [] : [found];
    });
  }

  stop(): void {
    this.#follower?.stop();
    this.#follower = undefined;
    this.#bound.clear();
  }

  #follow(): void {
    const { tail, log } = this.#parts;
    this.#follower?.stop();
    // What was kept lacks the types that were not heard then.
    this.#forget(this.#position?.sequence ?? 0);
    const follower = tail.follow([...this.#types], (heard) => this.#hear(heard), this.#position);
    this.#follower = follower;
    void follower.from.then((from) => {
      if (this.#follower !== follower || this.#position !== undefined) return;
      this.#position = from;
      this.#forget(from.sequence);
      log.debug({ types: [...this.#types] }, 'events are heard');
    });
  }

  #hear(heard: TailedEvent): void {
    const { log, sequence, event } = heard;
    if (this.#position !== undefined && this.#position.log !== log) {
      this.#parts.log.warn('the log of events is another one: subscriptions cannot be resumed from before');
      this.#forget(0);
    }
    this.#position = { log, sequence };
    this.#keep([heard]);
    for (const { binding, listeners } of [...this.#bound.values()]) {
      if (!binding.types.includes(event.type)) continue;
      this.#tell(binding, listeners, heard);
    }
  }

  #tell(binding: EventBinding, listeners: Bound['listeners'], heard: TailedEvent): void {
    const topic = topicOfEvent(binding, heard.event);
    const hearing = topic === undefined ? undefined : listeners.get(topic);
    if (hearing === undefined) return;
    const event = sourceEvent(binding, heard);
    if (event === undefined) return;
    for (const listener of [...hearing]) listener(event);
  }

  async #since(after: LogPosition): Promise<readonly TailedEvent[] | undefined> {
    if (after.sequence >= this.#keptAfter) return this.#kept.map(({ heard }) => heard);
    const { tail } = this.#parts;
    const upTo = this.#keptAfter;
    const read = await tail.read({ types: [...this.#types], after, upTo, most: MOST_KEPT });
    // Some were given up meanwhile: it is a flood, and who comes back is better off asking anew.
    if (read === undefined || upTo !== this.#keptAfter) return undefined;
    const all = [...read, ...this.#kept.map(({ heard }) => heard)];
    const newer = this.#kept;
    this.#kept = [];
    this.#bytes = 0;
    this.#keptAfter = after.sequence;
    this.#keep([...read, ...newer.map(({ heard }) => heard)]);
    return all;
  }

  #keep(events: readonly TailedEvent[]): void {
    for (const heard of events) {
      const bytes = JSON.stringify(heard.event).length;
      this.#kept.push({ heard, bytes });
      this.#bytes += bytes;
    }
    if (this.#kept.length <= MOST_KEPT * 1.1 && this.#bytes <= MOST_KEPT_BYTES) return;
    let dropped = 0;
    // Some more than need be: what is left is copied.
    while (this.#kept.length - dropped > MOST_KEPT || this.#bytes > MOST_KEPT_BYTES * 0.9) {
      const oldest = this.#kept[dropped++];
      if (oldest === undefined) break;
      this.#bytes -= oldest.bytes;
      this.#keptAfter = oldest.heard.sequence;
    }
    this.#kept = this.#kept.slice(dropped);
  }

  #forget(after: number): void {
    this.#kept = [];
    this.#bytes = 0;
    this.#keptAfter = after;
  }
}

function sourceEvent(binding: EventBinding, { event, log, sequence }: TailedEvent): SourceEvent | undefined {
  const entity = entityOfEvent(binding, event as CloudEvent);
  if (entity === undefined) return undefined;
  return { what: { entity }, position: { log, sequence }, traceparent: event.traceparent };
}
