import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import type { Logger } from '../../log/logger.ts';
import type { CloudEvent } from '../event.ts';
import { backOffMs, type EventSubscription } from '../event-bus.ts';
import { parseEvent } from './event-message.ts';
import { keyedQueue } from './keyed-queue.ts';
import type { Broker, BrokerConnection } from './nats-connection.ts';

export interface EventPullerOptions {
  subscription: EventSubscription;
  connection: BrokerConnection;
  /** Makes stream and consumer where they are missing. */
  prepare(broker: Broker): Promise<Consumer>;
  concurrency: number;
  ackWaitMs: number;
  log: Logger;
}

export interface EventPuller {
  start(): void;
  /** Takes nothing new, gives back what has not begun, and waits for what has. */
  stop(): Promise<void>;
}

interface Held {
  message: JsMsg;
  body: string;
  /** Undefined: the body holds no event. */
  event: CloudEvent | undefined;
  receivedMs: number;
}

/** A pull ends after this time without its full number; a consumer that was deleted is noticed by then. */
const PULL_MS = 5000;
/** Events that are held for each one that is being handled, so that the next is there when one ends. */
const HELD_PER_HANDLED = 4;
/** For what a broker has sent to a service that stops. */
const FLUSH_MS = 500;
const RETRY_MS = 250;
/** Whatever waited longer for its turn begins with its whole time before it. */
const FRESH_MS = 1000;

/** Pulls a consumer's events and hands them on, those of one subject one after the other, others side by side. */
export function eventPuller(options: EventPullerOptions): EventPuller {
  const { subscription, connection, log } = options;
  const capacity = options.concurrency * HELD_PER_HANDLED;
  const stopping = new AbortController();
  const queue = keyedQueue(options.concurrency, (held: Held) => handOn(held, subscription, connection));
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    let failed = false;
    while (!stopping.signal.aborted) {
      const broker = await connection.up();
      if (broker === undefined) return;
      try {
        const consumer = await options.prepare(broker);
        failed = false;
        while (!stopping.signal.aborted && !broker.lost.aborted) await pull(consumer, broker);
      } catch (error) {
        if (!failed && !broker.lost.aborted) log.warn({ err: error }, 'events cannot be pulled; trying on');
        failed = true;
        await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  /** One pull: as many events as there is room for, until they are all there, the time is over, or this is the end. */
  async function pull(consumer: Consumer, { lost, flush }: Broker): Promise<void> {
    await queue.atMost(capacity / 2);
    if (stopping.signal.aborted || lost.aborted) return;
    const messages = await consumer.fetch({ max_messages: capacity - queue.size, expires: PULL_MS });
    const close = () => void messages.close();
    // What is on its way is given back, too: it would come again only when its time for an answer is over.
    const closeBehind = () => void Promise.race([flush().catch(() => {}), delay(FLUSH_MS)]).then(close);
    lost.addEventListener('abort', close);
    stopping.signal.addEventListener('abort', closeBehind);
    if (lost.aborted) close();
    if (stopping.signal.aborted) closeBehind();
    try {
      for await (const message of messages) hold(message);
    } finally {
      lost.removeEventListener('abort', close);
      stopping.signal.removeEventListener('abort', closeBehind);
    }
  }

  function hold(message: JsMsg): void {
    if (stopping.signal.aborted) {
      message.nak();
      return;
    }
    const body = message.string();
    const event = parseEvent(body);
    queue.add(event?.subject ?? `#${message.seq}`, { message, body, event, receivedMs: performance.now() });
  }

  return {
    start() {
      running = run();
      // Lets the broker know that events which wait for their turn are not forgotten.
      timer = setInterval(() => {
        for (const { message } of queue.waiting()) message.working();
      }, options.ackWaitMs / 3);
    },
    async stop() {
      stopping.abort();
      for (const { message } of queue.clear()) message.nak();
      await queue.atMost(0);
      clearInterval(timer);
      await running;
    },
  };
}

/** Hands an event to its consumer, and tells the broker what came of it. Does not reject. */
async function handOn(held: Held, subscription: EventSubscription, connection: BrokerConnection): Promise<void> {
  const { message, body, event, receivedMs } = held;
  const attempt = message.info.deliveryCount;
  if (performance.now() - receivedMs > FRESH_MS) message.working();
  let done = true;
  try {
    if (event === undefined) await subscription.refuse(body);
    else await subscription.handle(event, { attempt });
  } catch {
    // Whoever handles it has logged why.
    done = false;
  }
  // Said to a broker that is away, it would be lost, and the event would come again.
  await connection.up();
  if (done) message.ack();
  else message.nak(backOffMs(attempt));
}
