import { createLogger, createMetrics, type EventBus, type EventTail, natsBus, natsTail } from '@tributary/service-kit';
import { ownNatsConfig } from '@tributary/service-kit/testing';
import type { GatedBus } from '../gated-bus.ts';

/** A broker's stream for all services of one process, which is of this graph alone. */
export interface NatsGraphBus extends GatedBus {
  /** Once the graph has stopped. */
  close(): Promise<void>;
}

export function natsGraphBus(url: string, logDestination: { write(line: string): void }): NatsGraphBus {
  const config = ownNatsConfig(url);
  const service = 'nats';
  const observability = {
    log: createLogger({ service, level: 'debug', destination: logDestination }),
    metrics: createMetrics({ service, processMetrics: false }),
  };
  const bus: EventBus = natsBus({ config, service, ...observability });
  const tail: EventTail = natsTail({ config, service, ...observability });
  return {
    ...bus,
    tail,
    open() {
      bus.start?.();
      tail.start?.();
    },
    async close() {
      await tail.stop?.();
      await bus.stop?.();
    },
  };
}
