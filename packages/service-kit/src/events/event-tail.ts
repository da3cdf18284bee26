import type { Component } from '../lifecycle/lifecycle.ts';
import type { CloudEvent } from './event.ts';
import type { EventBus } from './event-bus.ts';

/** A place in a log of events. */
export interface LogPosition {
  /** Which log: sequences of another one mean nothing here. Letters, digits and `_`. */
  readonly log: string;
  /** Grows with each event, not always by one. */
  readonly sequence: number;
}

export interface TailedEvent extends LogPosition {
  readonly event: CloudEvent;
}

/**
 * Reads along what services publish, for whoever wants to know of it without taking it from a consumer: nothing is
 * acknowledged, nothing comes again, and the log stays as it is.
 */
export interface EventTail extends Component {
  readonly system: EventBus['system'];
  /**
   * Hears each event of exactly these types, in the order of the log, also across outages of the broker. A log that took
   * the place of the one that was followed is heard from its start.
   *
   * @param after to begin behind it. Default, and for a place in another log: the end
   */
  follow(types: readonly string[], hear: (heard: TailedEvent) => void, after?: LogPosition): EventFollower;
  /**
   * Events of these types behind `after` up to `upTo`, or until they are `mostBytes`: those beyond are for the next read.
   * Undefined where the log does not have all of them any more, it is another one, or more than `most` of these types are
   * behind `after`, counting those behind `upTo`.
   *
   * @throws Error when the broker does not answer
   */
  read(range: LogRange): Promise<LogPart | undefined>;
}

export interface LogRange {
  readonly types: readonly string[];
  readonly after: LogPosition;
  /** A sequence. */
  readonly upTo: number;
  readonly most: number;
  /** As JSON; the last one may go beyond. */
  readonly mostBytes: number;
}

export interface LogPart {
  readonly events: readonly TailedEvent[];
  /** A sequence, up to which all of them are here: the range's, or that of the last event. */
  readonly upTo: number;
}

export interface EventFollower {
  /** Where it has begun, once it has: everything behind that is heard. Does not settle while there is no broker. */
  readonly from: Promise<LogPosition>;
  /** Events that it has not heard yet, as far as it knows. */
  readonly pending: number;
  /** Whether what is published comes. Not while the broker is away, nor while its log is gone or may not be read. */
  readonly isHearing: boolean;
  stop(): void;
}
