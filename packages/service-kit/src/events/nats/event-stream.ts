import type { ConsumerConfig, ConsumerInfo, JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import { withoutVersion } from '../event-bus.ts';
import { STREAM_RETENTION_MS } from '../stream-retention.ts';
import type { NatsConfig } from './nats-config.ts';

const NANOS_PER_MS = 1_000_000;
const DUPLICATE_WINDOW_MS = 2 * 60_000;
const MAX_EVENT_BYTES = 64 * 1024;
/**
 * Events that all processes of a consumer hold together, those that wait after a failure among them: far more than fail
 * in the time until they are dead letters, or one type that fails would keep all others. What a process holds, its pulls
 * bound.
 */
const MAX_ACK_PENDING = 10_000;

/** Error codes of JetStream's API (`server/errors.json` of nats-server). */
const STREAM_NOT_FOUND = 10059;
const CONSUMER_NOT_FOUND = 10014;

const isCode = (error: unknown, code: number): boolean => (error as { code?: unknown }).code === code;

/**
 * Creates the stream, or widens it (subjects, replicas) where it lacks what this service needs. What somebody has set
 * otherwise stays: a stream is never narrowed and never deleted.
 */
export async function ensureStream(jsm: JetStreamManager, config: NatsConfig): Promise<void> {
  const subject = `${config.subjectPrefix}.>`;
  const existing = await jsm.streams.info(config.stream).catch((error: unknown) => {
    if (isCode(error, STREAM_NOT_FOUND)) return undefined;
    throw error;
  });
  if (existing === undefined) {
    await jsm.streams.add({
      name: config.stream,
      subjects: [subject],
      storage: 'file',
      retention: 'limits',
      // A full stream refuses an event, which then waits in its outbox, rather than forget one.
      discard: 'new',
      max_age: STREAM_RETENTION_MS * NANOS_PER_MS,
      duplicate_window: DUPLICATE_WINDOW_MS * NANOS_PER_MS,
      max_msg_size: MAX_EVENT_BYTES,
      num_replicas: config.replicas,
    });
    return;
  }
  const { subjects, num_replicas: replicas } = existing.config;
  const wider: Partial<StreamConfig> = {
    ...(subjects.includes(subject) ? {} : { subjects: [...subjects, subject] }),
    ...(replicas < config.replicas ? { num_replicas: config.replicas } : {}),
  };
  if (Object.keys(wider).length > 0) await jsm.streams.update(config.stream, wider);
}

/** One filter for all versions of a type, so that a version that nobody knows arrives and is not lost in silence. */
const filtersOf = (prefix: string, types: readonly string[]): string[] =>
  [...new Set(types.map((type) => `${prefix}.${withoutVersion(type)}.*`))].sort();

/**
 * Creates the durable consumer of a service, or brings it up to date. The filters of types that the service handles no
 * longer go only when `narrow` is set; a process that is already being replaced must not take those of its successor.
 */
export async function ensureConsumer(
  jsm: JetStreamManager,
  config: NatsConfig,
  { consumer, types, narrow }: { consumer: string; types: readonly string[]; narrow: boolean },
): Promise<ConsumerInfo> {
  const existing = await jsm.consumers.info(config.stream, consumer).catch((error: unknown) => {
    if (isCode(error, CONSUMER_NOT_FOUND)) return undefined;
    throw error;
  });
  const mine = filtersOf(config.subjectPrefix, types);
  const { filter_subject: only, filter_subjects: several = only === undefined ? [] : [only] } = existing?.config ?? {};
  const changing = {
    filter_subjects: narrow ? mine : [...new Set([...several, ...mine])].sort(),
    ack_wait: config.ackWait * NANOS_PER_MS,
    // The consumer's table of dead letters counts failures, durably, and ends them. A limit here would drop events.
    max_deliver: -1,
    max_ack_pending: MAX_ACK_PENDING,
  } satisfies Partial<ConsumerConfig>;
  if (existing !== undefined) {
    const { config: current } = existing;
    const upToDate =
      several.toSorted().join() === changing.filter_subjects.join() &&
      current.ack_wait === changing.ack_wait &&
      current.max_deliver === changing.max_deliver &&
      current.max_ack_pending === changing.max_ack_pending;
    return upToDate ? existing : jsm.consumers.update(config.stream, consumer, changing);
  }
  return jsm.consumers.add(config.stream, {
    durable_name: consumer,
    ack_policy: 'explicit',
    deliver_policy: 'all',
    replay_policy: 'instant',
    ...changing,
  });
}
