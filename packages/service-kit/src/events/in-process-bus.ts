import { type EventBus, type EventSubscription, withoutVersion } from './event-bus.ts';
import type { EventTail } from './event-tail.ts';
import { inProcessTail } from './in-process-tail.ts';

export interface InProcessBus extends EventBus {
  /** Hears each event when it is published for the first time. */
  readonly tail: EventTail;
}

/**
 * The bus for services in one process. It keeps nothing itself: `publish` resolves when every consumer has handled the
 * event, so that until then the event stays pending in the producer's outbox, also across a restart. A consumer that
 * fails is asked again with the others, which by then know the event from their inboxes.
 */
export function inProcessBus(): InProcessBus {
  const tail = inProcessTail();
  const subscriptions: EventSubscription[] = [];
  /** How often each event that is not handled everywhere was delivered. */
  const attempts = new Map<string, number>();
  return {
    name: 'in-process bus',
    system: 'in_process',
    tail,
    async publish(event) {
      const attempt = (attempts.get(event.id) ?? 0) + 1;
      attempts.set(event.id, attempt);
      if (attempt === 1) tail.add(event);
      const type = withoutVersion(event.type);
      const interested = subscriptions.filter(({ types }) => types.some((each) => withoutVersion(each) === type));
      const results = await Promise.allSettled(interested.map((each) => each.handle(event, { attempt })));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw new Error('a consumer failed', { cause: failed.reason });
      attempts.delete(event.id);
    },
    isUp: () => true,
    onUp() {},
    subscribe(subscription) {
      subscriptions.push(subscription);
    },
  };
}
