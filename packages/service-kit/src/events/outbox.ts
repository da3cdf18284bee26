import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { and, asc, eq, isNull, lt, lte, min, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { afterCommit, type Database, type Db } from '../database/database.ts';
import { newId } from '../http/new-id.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { currentTraceparent } from '../tracing/context.ts';
import type { CloudEvent, EventDefinition } from './event.ts';
import type { EventBus } from './event-bus.ts';
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
const MAX_BACKOFF_MS = 30_000;
type Row = EventTables['outbox']['$inferSelect'];

/**
 * The transactional outbox and the relay that empties it. The relay leases rows (`FOR UPDATE SKIP LOCKED`), publishes
 * outside of any transaction, then marks them. A row is taken only when no earlier one of its subject is pending, so
 * the order per subject holds with several relays and across failures.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { database, table, bus, log } = options;
  let timer: NodeJS.Timeout | undefined;
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
      .with(ROOT_CONTEXT, () => relay(bus))
      .catch((error: unknown) => log.error({ err: error }, 'outbox relay failed'))
      .finally(() => {
        running = undefined;
        if (again) {
          again = false;
          wake();
        }
      });
  };

  async function relay(to: EventBus): Promise<void> {
    for (;;) {
      const rows = await lease(database, table);
      if (rows.length === 0) return;
      for (const row of rows) {
        // Too slow: by now another relay may have this row, and a later one of its subject.
        if (row.leasedUntil === null || row.leasedUntil.getTime() <= Date.now()) break;
        await publish(to, row);
      }
      if (stopped) return;
    }
  }

  async function publish(to: EventBus, row: Row): Promise<void> {
    try {
      await to.publish(toCloudEvent(options.service, row));
      await database.db.update(table).set({ publishedAt: new Date(), leasedUntil: null }).where(eq(table.seq, row.seq));
    } catch (error) {
      const waitMs = Math.min(MAX_BACKOFF_MS, 100 * 2 ** Math.min(row.attempts, 10));
      log.warn({ event_id: row.id, event_type: row.type, attempts: row.attempts, err: error }, 'event not published');
      await database.db
        .update(table)
        .set({ leasedUntil: new Date(Date.now() + waitMs) })
        .where(eq(table.seq, row.seq));
      setTimeout(wake, waitMs).unref();
    }
  }

  observePending(options);
  return {
    name: 'outbox',
    async emit(tx, event, subject, data) {
      await tx.insert(table).values({
        id: newId(),
        type: event.type,
        subject,
        data: event.data.parse(data),
        traceparent: currentTraceparent() ?? null,
      });
      afterCommit(wake);
    },
    start() {
      timer = setInterval(wake, options.pollMs);
      wake();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
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
