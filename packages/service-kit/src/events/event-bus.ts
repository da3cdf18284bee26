import type { CloudEvent } from './event.ts';

/** How events travel between services. Adapters: in-process. Delivery is at least once, in order per subject. */
export interface EventBus {
  /** Resolves once the bus has taken the event over; rejects when it has not, and the caller tries again later. */
  publish(event: CloudEvent): Promise<void>;
  /** From then on `handle` gets each event of the given types; an event is done when `handle` resolves. */
  subscribe(subscription: EventSubscription): void;
}

export interface EventSubscription {
  /** Name of the consumer; each consumer gets each event once (or again, after a failure). */
  consumer: string;
  types: readonly string[];
  handle(event: CloudEvent): Promise<void>;
}
