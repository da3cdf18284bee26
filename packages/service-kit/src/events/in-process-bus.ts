import type { EventBus, EventSubscription } from './event-bus.ts';

/**
 * The bus for services in one process. It keeps nothing itself: `publish` resolves when every consumer has handled the
 * event, so that until then the event stays pending in the producer's outbox, also across a restart. A consumer that
 * fails is asked again with the others, which by then know the event from their inboxes.
 */
export function inProcessBus(): EventBus {
  const subscriptions: EventSubscription[] = [];
  return {
    async publish(event) {
      const interested = subscriptions.filter((subscription) => subscription.types.includes(event.type));
      const results = await Promise.allSettled(interested.map((subscription) => subscription.handle(event)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw new Error('a consumer failed', { cause: failed.reason });
    },
    subscribe(subscription) {
      subscriptions.push(subscription);
    },
  };
}
