import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JsMsg, OrderedConsumerOptions, StreamInfo } from '@nats-io/jetstream';
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { EventFollower, EventTail, LogPart, LogPosition, LogRange, TailedEvent } from '../event-tail.ts';
import { parseEvent } from './event-message.ts';
import type { NatsConfig } from './nats-config.ts';
import { type Broker, type BrokerConnection, brokerConnection } from './nats-connection.ts';

export interface NatsTailOptions {
  config: NatsConfig;
  /** Name of the connection in the broker's monitoring. */
  service: string;
  log: Logger;
  metrics: Metrics;
}

const RETRY_MS = 250;
/** Asked for at once; the broker is asked for more when half of them are there. */
const PULLED = 500;
/** The same of a read, whose events are kept: 6 MiB of the largest. */
const PULLED_TO_READ = 100;
/** A read that gets nothing for so long has failed. */
const READ_TIMEOUT_MS = 5000;
/** After which the broker removes a consumer that nobody asks for more. */
const INACTIVE_MS = 10_000;

/**
 * The tail of the stream on NATS JetStream that services publish to (ADR 0011), by ordered consumers: the broker keeps
 * nothing of them, and none is left behind by a process that died. It starts without the broker, and makes nothing there.
 */
export function natsTail({ config, service, log, metrics }: NatsTailOptions): EventTail {
  const up = metrics.get('external_service_up');
  const connection = brokerConnection({
    config,
    service,
    log,
    onChange: (isUp) => up.set({ service: 'nats' }, isUp ? 1 : 0),
  });
  const followers = new Set<EventFollower>();
  return {
    name: 'nats tail',
    system: 'nats',
    start() {
      up.set({ service: 'nats' }, 0);
      connection.start();
    },
    async stop() {
      for (const follower of followers) follower.stop();
      await connection.stop(async () => {});
    },
    follow(types, hear, after) {
      const follower = followStream({ connection, config, types, hear, after, log });
      followers.add(follower);
      return {
        from: follower.from,
        get pending() {
          return follower.pending;
        },
        get isHearing() {
          return follower.isHearing;
        },
        stop() {
          followers.delete(follower);
          follower.stop();
        },
      };
    },
    async read(range) {
      const { after } = range;
      const { broker } = connection;
      if (broker === undefined) throw new Error('no connection to NATS');
      const info = await broker.jsm.streams.info(config.stream);
      const { first_seq: first, last_seq: last } = info.state;
      if (logOf(info) !== after.log || after.sequence + 1 < first || after.sequence > last) return undefined;
      return readStream(broker, config, range);
    },
  };
}

/** Names the stream: one that was made anew counts from 1 again. */
const logOf = ({ created }: StreamInfo): string => Date.parse(created).toString(36);

const subjectsOf = ({ subjectPrefix }: NatsConfig, types: readonly string[]) =>
  types.map((type) => `${subjectPrefix}.${type}`);

interface FollowParts {
  connection: BrokerConnection;
  config: NatsConfig;
  types: readonly string[];
  hear(heard: TailedEvent): void;
  after: LogPosition | undefined;
  log: Logger;
}

const orderedFrom = (config: NatsConfig, types: readonly string[], sequence: number) =>
  ({
    filter_subjects: subjectsOf(config, types),
    deliver_policy: 'by_start_sequence',
    opt_start_seq: sequence,
    inactive_threshold: INACTIVE_MS,
  }) satisfies Partial<OrderedConsumerOptions>;

function followStream({ connection, config, types, hear, after, log }: FollowParts): EventFollower {
  const stopping = new AbortController();
  const { promise: from, resolve: begun } = Promise.withResolvers<LogPosition>();
  let position = after;
  let hasBegun = false;
  let hasFailed = false;
  let pending = 0;
  let isHearing = false;

  const takeOver = (message: JsMsg, logName: string) => {
    position = { log: logName, sequence: message.seq };
    pending = message.info.pending;
    isHearing = true;
    const event = parseEvent(message.string());
    if (event !== undefined) hear({ event, ...position });
  };

  /** A consumer that may not be asked for messages is made like any other: that something comes is all that proves it. */
  async function watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (type === 'heartbeat') isHearing = true;
      if (type === 'heartbeats_missed') isHearing = false;
    }
  }

  /** Until the connection is lost, or this is the end. */
  async function hold(broker: Broker): Promise<void> {
    const info = await broker.jsm.streams.info(config.stream);
    const logName = logOf(info);
    // Of a stream that took the place of the one that was followed, everything is new.
    if (position?.log !== logName) position = { log: logName, sequence: hasBegun ? 0 : info.state.last_seq };
    const options = orderedFrom(config, types, position.sequence + 1);
    const consumer = await broker.js.consumers.get(config.stream, options);
    const messages = await consumer.consume({ max_messages: PULLED, abort_on_missing_resource: true });
    void watch(messages);
    begun(position);
    hasBegun = true;
    hasFailed = false;
    await closing(messages, [broker.lost, stopping.signal], async () => {
      for await (const message of messages) {
        if (stopping.signal.aborted) return;
        takeOver(message, logName);
      }
    });
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const broker = await connection.up();
      if (broker === undefined || stopping.signal.aborted) return;
      try {
        await hold(broker);
      } catch (error) {
        if (!hasFailed && !broker.lost.aborted) log.warn({ err: error }, 'events cannot be followed; trying on');
        hasFailed = true;
      }
      await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => {});
      // By now its last heartbeat has been told of.
      isHearing = false;
    }
  }
  void run();
  return {
    from,
    get pending() {
      return pending;
    },
    get isHearing() {
      return isHearing;
    },
    stop: () => stopping.abort(),
  };
}

async function readStream(broker: Broker, config: NatsConfig, range: LogRange): Promise<LogPart | undefined> {
  const { types, after, upTo, most } = range;
  const consumer = await broker.js.consumers.get(config.stream, orderedFrom(config, types, after.sequence + 1));
  try {
    const { num_pending: there } = await consumer.info(true);
    if (there === 0) return { events: [], upTo };
    // Seen before any of them is sent.
    if (there > most) return undefined;
    return await readConsumer(broker, consumer, range);
  } finally {
    // Nobody waits for it; where it fails, the broker does it by itself after a while.
    consumer.delete().catch(() => {});
  }
}

async function readConsumer(
  broker: Broker,
  consumer: Consumer,
  { after: { log }, upTo, mostBytes }: LogRange,
): Promise<LogPart> {
  const events: TailedEvent[] = [];
  let bytes = 0;
  const messages = await consumer.consume({ max_messages: PULLED_TO_READ, abort_on_missing_resource: true });
  const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
  /** Up to where they are read. */
  let end: number | undefined;
  await closing(messages, [broker.lost, signal], async () => {
    for await (const message of messages) {
      const { seq: sequence, info } = message;
      const event = sequence > upTo ? undefined : parseEvent(message.string());
      if (event !== undefined) events.push({ event, log, sequence });
      bytes += message.data.length;
      if (sequence >= upTo || info.pending === 0) end = upTo;
      else if (bytes >= mostBytes) end = sequence;
      if (end !== undefined) return;
    }
  });
  if (end === undefined) throw new Error('the stream could not be read in time');
  return { events, upTo: end };
}

/** Closes the messages with the work, or when one of the signals is aborted. */
async function closing(
  messages: ConsumerMessages,
  signals: readonly AbortSignal[],
  work: () => Promise<void>,
): Promise<void> {
  const close = () => void messages.close();
  for (const signal of signals) {
    if (signal.aborted) close();
    signal.addEventListener('abort', close);
  }
  try {
    await work();
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', close);
    close();
  }
}
