import { type InProcessBus, inProcessBus } from '@tributary/service-kit';

export interface GatedBus extends InProcessBus {
  /** Lets events through, once every service has subscribed: one that came earlier would miss its consumers. */
  open(): void;
}

export function gatedBus(): GatedBus {
  const bus = inProcessBus();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  return {
    ...bus,
    open,
    async publish(event) {
      await opened;
      await bus.publish(event);
    },
  };
}
