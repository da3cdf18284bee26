import {
  type CloudEvent,
  CodedError,
  type EventFollower,
  type EventTail,
  type Logger,
  type LogPosition,
  type Metrics,
  type TailedEvent,
} from '@tributary/service-kit';
import { type EventBinding, entityOfEvent, topicOfEvent, unsaidIn } from '../supergraph/event-binding.ts';
import { KeptEvents, MOST_KEPT } from './kept-events.ts';
import type { SourceEvent } from './source-event.ts';

export interface EventHubParts {
  tail: EventTail;
  log: Logger;
  metrics: Metrics;
}

/** Of the log, in one read. */
const PART_BYTES = 4 * 1024 ** 2;
/** Who wait for the log to be read. The first of them reads for the others, as a rule. */
const MOST_READING = 20;
/** A broker that does not answer for so long has no events for anybody. */
const READY_MS = 5000;

type Listener = (event: SourceEvent) => void;

interface Bound {
  readonly binding: EventBinding;
  /** By topic. */
  readonly listeners: Map<string, Set<Listener>>;
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
  #kept = new KeptEvents(0);
  /** Up to this sequence nobody can go on: what is behind it is more than can be kept. The log is not read to see it. */
  #lostUpTo = -1;
  #reading: Promise<unknown> = Promise.resolve();
  #readers = 0;
  /** Begun by the follower. */
  #isReady = false;
  readonly #awaiting = new Set<() => void>();
  /** What was told of once. */
  readonly #told = new Set<string>();

  constructor(parts: EventHubParts) {
    this.#parts = parts;
    const pending = parts.metrics.get('graphql_subscription_source_pending');
    const up = parts.metrics.get('graphql_subscription_source_up');
    parts.metrics.beforeScrape(() => {
      pending.set(this.#follower?.pending ?? 0);
      // Nobody has subscribed yet: nothing is missed.
      up.set(this.#follower?.isHearing === false ? 0 : 1);
    });
  }

  /**
   * Resolves once everything that is published from now on is heard.
   *
   * @throws CodedError SUBSCRIPTION_UNAVAILABLE while the broker does not answer
   */
  async ready(types: Iterable<string>): Promise<void> {
    const before = this.#types.size;
    for (const type of types) this.#types.add(type);
    if (this.#follower === undefined || this.#types.size > before) this.#follow();
    if (this.#isReady) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new CodedError('SUBSCRIPTION_UNAVAILABLE')), READY_MS);
    // Not on the follower's promise: it does not settle while the broker is away, and would keep everybody who has come.
    this.#awaiting.add(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#awaiting.delete(resolve);
    }
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

  /**
   * Events of a topic behind a place, up to where this is now. Undefined: they are not all there any more.
   *
   * @throws CodedError SUBSCRIPTION_UNAVAILABLE where too many wait for the log to be read
   */
  async replay(binding: EventBinding, topic: string, after: LogPosition): Promise<SourceEvent[] | undefined> {
    const upTo = this.#position;
    if (upTo === undefined || upTo.log !== after.log) return undefined;
    if (after.sequence >= upTo.sequence) return [];
    const events = this.#isDecided(after) ? this.#keptSince(after) : await this.#readInTurn(after);
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
    this.#isReady = false;
    // What was kept lacks the types that were not heard then.
    this.#kept = new KeptEvents(this.#position?.sequence ?? 0);
    const follower = tail.follow([...this.#types], (heard) => this.#hear(heard), this.#position);
    this.#follower = follower;
    void follower.from.then((from) => {
      if (this.#follower !== follower) return;
      if (this.#position === undefined) log.debug({ types: [...this.#types] }, 'events are heard');
      if (this.#position?.log !== from.log) this.#begin(from, from.sequence);
      this.#isReady = true;
      for (const wake of this.#awaiting) wake();
    });
  }

  #hear(heard: TailedEvent): void {
    const { log, sequence, event } = heard;
    if (this.#position !== undefined && this.#position.log !== log) this.#begin({ log, sequence }, 0);
    this.#position = { log, sequence };
    if (this.#kept.add([heard])) this.#lose(this.#kept.after - 1);
    for (const { binding, listeners } of [...this.#bound.values()]) {
      if (!binding.types.includes(event.type)) continue;
      this.#tell(binding, listeners, heard);
    }
  }

  /**
   * What is kept of the log before, if there was one, is given up.
   *
   * @param after all behind it is going to be heard
   */
  #begin(position: LogPosition, after: number): void {
    if (this.#position !== undefined)
      this.#parts.log.warn('the log of events is another one: subscriptions cannot be resumed from before');
    this.#position = position;
    this.#kept = new KeptEvents(after);
    this.#lostUpTo = -1;
  }

  #tell(binding: EventBinding, listeners: Bound['listeners'], heard: TailedEvent): void {
    const topic = topicOfEvent(binding, heard.event);
    const hearing = topic === undefined ? undefined : listeners.get(topic);
    const event = hearing && sourceEvent(binding, heard);
    if (topic === undefined || (hearing !== undefined && event === undefined)) this.#tellUnsaid(binding, heard.event);
    if (hearing === undefined || event === undefined) return;
    for (const listener of [...hearing]) listener(event);
  }

  /** A name that is misspelt in the schema would be no event, no error, nothing. */
  #tellUnsaid(binding: EventBinding, event: CloudEvent): void {
    const about = `${binding.id} ${event.type}`;
    const fields = this.#told.has(about) ? [] : unsaidIn(binding, event);
    if (fields.length === 0) return;
    this.#told.add(about);
    const { type, entity } = { ...binding, ...event };
    this.#parts.log.warn(
      { event_type: type, entity, fields },
      'events do not say what @eventStream names: nobody hears them',
    );
  }

  /** Whether it is known without the log what has happened since, or that nobody can know. */
  #isDecided({ sequence }: LogPosition): boolean {
    return sequence >= this.#kept.after || sequence <= this.#lostUpTo;
  }

  #keptSince({ sequence }: LogPosition): readonly TailedEvent[] | undefined {
    return sequence >= this.#kept.after ? this.#kept.all : undefined;
  }

  /** One reads at a time: what it has read is there for those behind it. */
  async #readInTurn(after: LogPosition): Promise<readonly TailedEvent[] | undefined> {
    if (this.#readers >= MOST_READING) throw new CodedError('SUBSCRIPTION_UNAVAILABLE');
    this.#readers++;
    const turn = this.#reading.then(() => this.#readSince(after)).finally(() => this.#readers--);
    this.#reading = turn.catch(() => {});
    return turn;
  }

  async #readSince(after: LogPosition): Promise<readonly TailedEvent[] | undefined> {
    if (this.#isDecided(after)) return this.#keptSince(after);
    const [upTo, follower] = [this.#kept.after, this.#follower];
    const { log } = after;
    const read = this.#kept.isFull ? undefined : await this.#readUpTo(upTo, after);
    // Some were given up meanwhile: it is a flood, and who comes back is better off asking anew.
    if (upTo !== this.#kept.after || log !== this.#position?.log) return undefined;
    if (read === undefined) {
      this.#lose(after.sequence);
      return undefined;
    }
    read.add(this.#kept.all);
    const isAll = read.after === after.sequence;
    // Types were added meanwhile. It is all that was asked for, but lacks those for whoever comes next.
    if (follower !== this.#follower) return isAll ? read.all : undefined;
    this.#kept = read;
    // Where they are more bytes than can be kept: each who came would have them read again.
    if (!isAll) this.#lose(read.after - 1);
    return this.#keptSince(after);
  }

  /** The last events behind `after`, as many as can be kept. Undefined: the log does not have all, or they are too many. */
  async #readUpTo(upTo: number, after: LogPosition): Promise<KeptEvents | undefined> {
    const kept = new KeptEvents(after.sequence);
    const range = { types: [...this.#types], upTo, most: MOST_KEPT, mostBytes: PART_BYTES };
    for (let { sequence } = after; sequence < upTo; ) {
      const part = await this.#parts.tail.read({ ...range, after: { ...after, sequence } });
      if (part === undefined) return undefined;
      kept.add(part.events);
      sequence = part.upTo;
    }
    return kept;
  }

  #lose(upTo: number): void {
    this.#lostUpTo = Math.max(this.#lostUpTo, upTo);
  }
}

function sourceEvent(binding: EventBinding, { event, log, sequence }: TailedEvent): SourceEvent | undefined {
  const entity = entityOfEvent(binding, event as CloudEvent);
  if (entity === undefined) return undefined;
  return { what: { entity }, position: { log, sequence }, traceparent: event.traceparent };
}
