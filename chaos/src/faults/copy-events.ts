import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type BrokerPublisher, connectPublisher } from '../graph/broker-publisher.ts';
import type { Random } from '../random.ts';

interface OutboxRow {
  id: string;
  type: string;
  subject: string;
  data: unknown;
  traceparent: string | null;
  time: Date;
}

export interface CopyEventsOptions {
  databaseUrl: string;
  brokerPort: number;
  random: Random;
  /** Beside the one that its service published. */
  copies: number;
  /** How much later than the original a copy comes, at most. */
  withinMs: number;
  onCopied(type: string): void;
}

const SERVICES = ['orders', 'inventory', 'payments', 'users'];
const LOOK_EVERY_MS = 500;
/** A row that is marked as published may become visible so much later. */
const LATE_MS = 10_000;
const SUBJECT_PREFIX = 'events';

/**
 * Publishes each event again, `copies` times, after another while each, so that they arrive in any order. The copies
 * have no message id: the broker cannot drop them, as it could not after its window for duplicates.
 *
 * @returns ends it, once all copies of what was published by then are out
 */
export function copyEvents(options: CopyEventsOptions): () => Promise<void> {
  const { random, copies, withinMs, onCopied } = options;
  const known = new Set<string>();
  let publishedSince = new Date(0);
  const waiting: { dueAt: number; row: OutboxRow & { service: string } }[] = [];
  let stopping = false;
  let publisher: BrokerPublisher | undefined;

  async function look(): Promise<void> {
    const lookedAt = Date.now();
    const client = new pg.Client({ connectionString: options.databaseUrl, connectionTimeoutMillis: 2000 });
    client.on('error', () => {});
    await client.connect();
    try {
      for (const service of SERVICES) {
        const { rows } = await client.query<OutboxRow>(
          `select id, type, subject, data, traceparent, time from ${service}.outbox where published_at >= $1`,
          [publishedSince],
        );
        for (const row of rows.filter(({ id }) => !known.has(id))) {
          known.add(row.id);
          for (let copy = 0; copy < copies; copy++) {
            waiting.push({ dueAt: performance.now() + random.between(0, withinMs), row: { ...row, service } });
          }
        }
      }
      publishedSince = new Date(lookedAt - LATE_MS);
    } finally {
      await client.end().catch(() => {});
    }
  }

  async function send(): Promise<void> {
    const due = waiting.filter(({ dueAt }) => stopping || dueAt <= performance.now());
    if (due.length === 0) return;
    publisher ??= await connectPublisher(options.brokerPort);
    for (const { row } of random.shuffle(due)) {
      if (publisher.isClosed) {
        publisher = undefined;
        return;
      }
      publisher.publish(`${SUBJECT_PREFIX}.${row.type}`, bodyOf(row));
      onCopied(row.type);
    }
    const sent = new Set(due);
    waiting.splice(0, waiting.length, ...waiting.filter((each) => !sent.has(each)));
  }

  const running = (async () => {
    // While database or broker are away, copies wait like everything else.
    while (!stopping || waiting.length > 0) {
      await look().catch(() => {});
      await send().catch(() => {});
      if (!stopping) await delay(LOOK_EVERY_MS);
    }
    await publisher?.close();
  })();
  return () => {
    stopping = true;
    return running;
  };
}

const bodyOf = ({ id, service, type, subject, time, traceparent, data }: OutboxRow & { service: string }): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: `/${service}`,
    type,
    subject,
    time: time.toISOString(),
    datacontenttype: 'application/json',
    ...(traceparent === null ? {} : { traceparent }),
    data,
  });
