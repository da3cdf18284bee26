import type { Component } from '../lifecycle/lifecycle.ts';
import type { CloudEvent } from './event.ts';

/**
 * How events travel between services. Adapters: in-process, NATS JetStream (ADR 0011). Delivery is at least once. The
 * events of one subject come in order to a consumer with one process, unless one of them failed, or its process died,
 * and comes again after later ones; several processes of a consumer may have neighbours at the same time.
 */
export interface EventBus extends Component {
  /** Value of a span's `messaging.system`. */
  readonly system: 'nats' | 'in_process';
  /** Resolves once the bus has taken the event over; rejects when it has not, and the caller tries again later. */
  publish(event: CloudEvent): Promise<void>;
  /** Whether it can take events over now, as far as it knows. */
  isUp(): boolean;
  /** Calls `listener` each time that it can again. */
  onUp(listener: () => void): void;
  /** From then on `handle` gets each event of the given types, whatever its version. Called before `start`. */
  subscribe(subscription: EventSubscription): void;
}

export interface EventSubscription {
  /** Name of the consumer; each consumer gets each event, in one of its processes. */
  consumer: string;
  types: readonly string[];
  /** Done with the event when it resolves; when it rejects, the event comes again after a back-off. */
  handle(event: CloudEvent, delivery: Delivery): Promise<void>;
  /** Gets what is no event at all; resolves once it is kept. */
  refuse(body: string): Promise<void>;
}

export interface Delivery {
  /** 1 for the first, and more each time that the same event comes again. */
  attempt: number;
}

/** `orders.order.placed` of `orders.order.placed.v1`. */
export const withoutVersion = (type: string): string => type.replace(/\.v\d+$/, '');

const FIRST_WAIT_MS = 100;
/** Each step of an order waits so long at most when a long outage is over. */
const MAX_WAIT_MS = 5000;

/** How long an event waits after its `attempt`th failure: 100 ms, doubled each time, at most 5 s. */
export const backOffMs = (attempt: number): number =>
  Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 20));
