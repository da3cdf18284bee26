import { createLogger, createMetrics, natsConfig, natsTail } from '@tributary/service-kit';

/** That an order has changed, as the broker's stream has it. */
export interface StreamedChange {
  /** Its sequence. */
  readonly at: number;
  readonly eventId: string;
  readonly orderId: string;
}

/** Reads the broker's stream along, past the gateway: what followers had to be told. */
export interface StreamWitness extends AsyncDisposable {
  list(): readonly StreamedChange[];
}

const SERVICE = 'chaos';
const CHANGED = 'orders.order.changed.v1';

/** Resolves once everything that is published from now on is seen. */
export async function watchStream(brokerPort: number): Promise<StreamWitness> {
  const tail = natsTail({
    config: natsConfig.parse({ servers: [`nats://127.0.0.1:${brokerPort}`] }),
    service: SERVICE,
    // The broker is away at times.
    log: createLogger({ service: SERVICE, level: 'silent' }),
    metrics: createMetrics({ service: SERVICE, processMetrics: false }),
  });
  await tail.start?.();
  const changes: StreamedChange[] = [];
  const follower = tail.follow([CHANGED], ({ sequence, event }) =>
    changes.push({ at: sequence, eventId: event.id, orderId: event.subject }),
  );
  await follower.from;
  return {
    list: () => changes,
    async [Symbol.asyncDispose]() {
      follower.stop();
      await tail.stop?.();
    },
  };
}
