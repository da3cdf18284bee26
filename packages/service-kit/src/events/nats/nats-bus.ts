import { refuseInsideTransaction } from '../../database/database.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { CloudEvent } from '../event.ts';
import type { EventBus, EventSubscription } from '../event-bus.ts';
import { CONTENT_TYPE, eventBody } from './event-message.ts';
import { type EventPuller, eventPuller } from './event-puller.ts';
import { ensureConsumer, ensureStream } from './event-stream.ts';
import type { NatsConfig } from './nats-config.ts';
import { type Broker, type BrokerConnection, brokerConnection } from './nats-connection.ts';

export interface NatsBusOptions {
  config: NatsConfig;
  /** Name of the connection in the broker's monitoring. */
  service: string;
  log: Logger;
  metrics: Metrics;
}

/**
 * The bus over NATS JetStream: one stream for all services, one durable pull consumer for each (ADR 0011). It starts
 * without the broker, looks for it in the background, and makes what it misses there.
 */
export function natsBus({ config, service, log, metrics }: NatsBusOptions): EventBus {
  const subscriptions: EventSubscription[] = [];
  let pullers: EventPuller[] = [];
  const up = metrics.get('external_service_up');
  const listeners: (() => void)[] = [];
  const connection = brokerConnection({
    config,
    service,
    log,
    onChange(isUp) {
      up.set({ service: 'nats' }, isUp ? 1 : 0);
      if (isUp) for (const listener of listeners) listener();
    },
  });
  observePending(metrics, config, connection, subscriptions);

  function pullerOf(subscription: EventSubscription): EventPuller {
    let narrow = true;
    return eventPuller({
      subscription,
      connection,
      async prepare({ js, jsm }) {
        await ensureStream(jsm, config);
        const info = await ensureConsumer(jsm, config, { ...subscription, narrow });
        narrow = false;
        return js.consumers.getConsumerFromInfo(info);
      },
      concurrency: config.concurrency,
      ackWaitMs: config.ackWait,
      log,
    });
  }

  async function send(broker: Broker, event: CloudEvent): Promise<void> {
    const headers = broker.headers();
    headers.set('content-type', CONTENT_TYPE);
    if (event.traceparent !== undefined) headers.set('traceparent', event.traceparent);
    const sent = () =>
      broker.js.publish(`${config.subjectPrefix}.${event.type}`, eventBody(event), {
        msgID: event.id,
        timeout: config.publishTimeout,
        headers,
      });
    await sent().catch(async (error: unknown) => {
      if (!isUnheard(error)) throw error;
      await ensureStream(broker.jsm, config);
      await sent();
    });
  }

  return {
    name: 'nats bus',
    system: 'nats',
    async publish(event) {
      refuseInsideTransaction('Publishing an event');
      const { broker } = connection;
      if (broker === undefined) throw new Error('no connection to NATS');
      await within(config.publishTimeout, broker.lost, send(broker, event));
    },
    isUp: () => connection.broker !== undefined,
    onUp: (listener) => void listeners.push(listener),
    subscribe(subscription) {
      // A service that hears nothing needs no consumer; one without filters would get everything.
      if (subscription.types.length > 0) subscriptions.push(subscription);
    },
    start() {
      up.set({ service: 'nats' }, 0);
      connection.start();
      pullers = subscriptions.map(pullerOf);
      for (const puller of pullers) puller.start();
    },
    stop: () => connection.stop(async () => void (await Promise.all(pullers.map((puller) => puller.stop())))),
  };
}

/** Nobody listens on the subject: the stream is not there (any more). */
const isUnheard = (error: unknown): boolean => error instanceof Error && error.name === 'JetStreamNotEnabled';

/** What `work` comes to, unless the time or the connection ends before. */
function within<T>(timeoutMs: number, lost: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onLost = () => reject(new Error('the connection to NATS was lost'));
    const timer = setTimeout(() => reject(new Error(`no acknowledgement within ${timeoutMs} ms`)), timeoutMs);
    lost.addEventListener('abort', onLost);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      lost.removeEventListener('abort', onLost);
    });
  });
}

function observePending(
  metrics: Metrics,
  { stream }: NatsConfig,
  connection: BrokerConnection,
  subscriptions: readonly EventSubscription[],
): void {
  const pending = metrics.get('events_consumer_pending');
  metrics.beforeScrape(async () => {
    for (const { consumer } of subscriptions) {
      const info = await connection.broker?.probe.consumers.info(stream, consumer).catch(() => undefined);
      // A number of before an outage would look like one of now.
      if (info === undefined) pending.remove({ consumer });
      else pending.set({ consumer }, info.num_pending + info.num_ack_pending);
    }
  });
}
