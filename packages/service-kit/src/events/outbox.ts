import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { and, asc, eq, inArray, isNull, lt, lte, min, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { afterCommit, type Database, type Db } from '../database/database.ts';
import { newId } from '../http/new-id.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { currentTraceparent } from '../tracing/context.ts';
import type { CloudEvent, EventDefinition } from './event.ts';
import { backOffMs, type EventBus } from './event-bus.ts';
import type { EventTables } from './event-tables.ts';

/** Writes an event in the transaction that makes it true. */
export type EmitEvent = <T>(tx: Db, event: EventDefinition<T>, subject: string, data: T) => Promise<void>;

export interface Outbox extends Component {
  emit: EmitEvent;
  /** Resolves when the relay finds nothing more to publish; an event that failed waits for its next attempt. For tests. */
  idle(): Promise<void>;
}

export interface OutboxOptions {
  service: string;
  database: Database;
  table: EventTables['outbox'];
  /** Undefined: events wait in the table, for a process that has one. */
  bus: EventBus | undefined;
  log: Logger;
  metrics: Metrics;
  /** How often the relay looks without being woken: for rows of a process that died, and for new attempts. */
  pollMs: number;
}

const BATCH = 50;
/** What a process that died was publishing comes again after this time. */
const LEASE_MS = 15_000;
type Row = EventTables['outbox']['$inferSelect'];

/**
 * The transactional outbox and the relay that empties it. The relay leases rows (`FOR UPDATE SKIP LOCKED`), publishes
 * outside of any transaction, then marks them. A row is taken only when no earlier one of its subject is pending, so
 * the order per subject holds with several relays and across failures. The relay is woken by the commits of its own
 * process, by NOTIFY on those of others, and by a timer.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { service, database, table, bus, log } = options;
  const channel = `${service}_outbox`;
  const relay = createRelay(options);
  let timer: NodeJS.Timeout | undefined;
  let stopListening: (() => Promise<void>) | undefined;

  observePending(options);
  return {
    name: 'outbox',
    async emit(tx, event, subject, data) {
      await tx
        .insert(table)
        .values({
          id: newId(),
          type: event.type,
          subject,
          data: event.data.parse(data),
          traceparent: currentTraceparent() ?? null,
        })
        // Sent at the commit, in the same statement.
        .returning({ notified: sql`pg_notify(${channel}, '')` });
      afterCommit(relay.wake);
    },
    async start() {
      if (bus === undefined) return log.warn('no event bus: events wait in the outbox, and none is heard');
      timer = setInterval(relay.wake, options.pollMs);
      stopListening = await database.listen?.(channel, relay.wake);
      relay.wake();
    },
    async stop() {
      clearInterval(timer);
      await stopListening?.();
      await relay.stop();
    },
    idle: relay.idle,
  };
}

/** Publishes what is pending when it is woken; never twice at once in one process. */
function createRelay({ service, database, table, bus, log }: OutboxOptions) {
  let stopped = false;
  let running: Promise<void> | undefined;
  let again = false;

  const wake = () => {
    if (stopped || bus === undefined) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    // What the relay does belongs to no request, whoever woke it; each event brings its own trace.
    running = context
      .with(ROOT_CONTEXT, () => empty(bus))
      .catch((error: unknown) => log.error({ err: error }, 'outbox relay failed'))
      .finally(() => {
        running = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  };

  async function empty(to: EventBus): Promise<void> {
    while (!stopped) {
      // Each of another subject: side by side they keep their order.
      const rows = await lease(database, table);
      if (rows.length === 0) return;
      const results = await Promise.allSettled(rows.map((row) => to.publish(toCloudEvent(service, row))));
      const published = rows.filter((_, index) => results[index]?.status === 'fulfilled').map(({ seq }) => seq);
      if (published.length > 0) await mark(published);
      for (const [index, result] of results.entries()) {
        if (result.status === 'rejected') await postpone(rows[index] as Row, result.reason);
      }
    }
  }

  const mark = (seqs: number[]) =>
    database.db.update(table).set({ publishedAt: new Date(), leasedUntil: null }).where(inArray(table.seq, seqs));

  async function postpone(row: Row, error: unknown): Promise<void> {
    const waitMs = backOffMs(row.attempts);
    log.warn({ event_id: row.id, event_type: row.type, attempts: row.attempts, err: error }, 'event not published');
    await database.db
      .update(table)
      .set({ leasedUntil: new Date(Date.now() + waitMs) })
      .where(eq(table.seq, row.seq));
    setTimeout(wake, waitMs).unref();
  }

  return {
    wake,
    async stop() {
      stopped = true;
      await running;
    },
    async idle() {
      wake();
      while (running !== undefined) await running;
    },
  };
}

/** Takes the next rows that may be published: pending, not leased, and the earliest pending ones of their subject. */
async function lease({ db }: Database, table: EventTables['outbox']): Promise<Row[]> {
  const earlier = alias(table, 'earlier');
  const now = new Date();
  const free = db
    .select({ seq: table.seq })
    .from(table)
    .where(
      and(
        isNull(table.publishedAt),
        or(isNull(table.leasedUntil), lte(table.leasedUntil, now)),
        notExists(
          db
            .select({ one: sql`1` })
            .from(earlier)
            .where(and(eq(earlier.subject, table.subject), lt(earlier.seq, table.seq), isNull(earlier.publishedAt))),
        ),
      ),
    )
    .orderBy(asc(table.seq))
    .limit(BATCH)
    .for('update', { skipLocked: true });
  const rows = await db
    .update(table)
    .set({ leasedUntil: new Date(now.getTime() + LEASE_MS), attempts: sql`${table.attempts} + 1` })
    // An array, so that the subquery runs once: each run would lock further rows.
    .where(sql`${table.seq} = any(array(${free}))`)
    .returning();
  return rows.sort((a, b) => a.seq - b.seq);
}

const toCloudEvent = (service: string, row: Row): CloudEvent => ({
  specversion: '1.0',
  id: row.id,
  source: `/${service}`,
  type: row.type,
  subject: row.subject,
  time: row.time.toISOString(),
  datacontenttype: 'application/json',
  ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
  data: row.data,
});

function observePending({ database, table, metrics }: OutboxOptions): void {
  const pending = metrics.get('outbox_pending');
  const lag = metrics.get('outbox_lag_seconds');
  metrics.beforeScrape(async () => {
    const [row] = await database.db
      .select({ count: sql<number>`count(*)::int`, oldest: min(table.time) })
      .from(table)
      .where(isNull(table.publishedAt));
    pending.set(row?.count ?? 0);
    lag.set(row?.oldest ? Math.max(0, (Date.now() - row.oldest.getTime()) / 1000) : 0);
  });
}
