import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { and, asc, eq, inArray, isNull, lt, lte, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '../database/database.ts';
import type { CloudEvent } from './event.ts';
import { backOffMs, type EventBus } from './event-bus.ts';
import { inSendSpan } from './event-spans.ts';
import type { EventTables } from './event-tables.ts';
import type { OutboxOptions } from './outbox.ts';

/** Empties an outbox into the bus. */
export interface OutboxRelay {
  /** Looks for pending events now. */
  wake(): void;
  /** Finishes what it has begun and takes nothing new. */
  stop(): Promise<void>;
  /** Wakes it and resolves when it finds nothing more; an event that failed waits for its next attempt. */
  idle(): Promise<void>;
}

/** Subjects that one turn of the relay takes. */
const SUBJECTS = 50;
/** What a process that died was publishing comes again after this time: more than one publication takes, or gives up. */
const LEASE_MS = 5000;
type Row = EventTables['outbox']['$inferSelect'];

/**
 * Publishes what is pending when it is woken, never twice at once in one process. It leases rows (`FOR UPDATE SKIP
 * LOCKED`), publishes outside of any transaction, subjects side by side, then marks them. A subject's rows are taken
 * together, and only when no other relay has its earliest one, so the order per subject holds with several relays and
 * across failures.
 */
export function createOutboxRelay({ service, database, table, bus, log, tracer }: OutboxOptions): OutboxRelay {
  let stopped = false;
  let running: Promise<void> | undefined;
  let again = false;

  const wake = () => {
    // Taken while the bus is away, each event would fail and wait; its `onUp` wakes the relay.
    if (stopped || bus === undefined || !bus.isUp()) return;
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
    while (!stopped && to.isUp()) {
      const rows = await lease(database, table);
      if (rows.length === 0) return;
      const chains = [...Map.groupBy(rows, ({ subject }) => subject).values()];
      const results = await Promise.all(chains.map((chain) => publishInOrder(to, chain)));
      const published = results.flatMap((result) => result.published);
      if (published.length > 0) await mark(database, table, published);
      for (const { failed, left } of results) {
        if (left.length > 0) await release(database, table, left);
        if (failed !== undefined) await postpone(failed.row, failed.error);
      }
    }
  }

  /** The events of one subject, until one fails, or the lease has run out and another relay may have them. */
  async function publishInOrder(to: EventBus, chain: Row[]) {
    for (const [index, row] of chain.entries()) {
      const published = chain.slice(0, index);
      if (row.leasedUntil === null || row.leasedUntil.getTime() <= Date.now()) return { published, left: [] };
      try {
        await inSendSpan(tracer, to.system, toCloudEvent(service, row), row.attempts, (event) => to.publish(event));
      } catch (error) {
        return { published, failed: { row, error }, left: chain.slice(index + 1) };
      }
    }
    return { published: chain, left: [] };
  }

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

/** Takes all pending rows of the next subjects that nobody has: the lease of a subject is that of its earliest row. */
async function lease({ db }: Database, table: EventTables['outbox']): Promise<Row[]> {
  const earlier = alias(table, 'earlier');
  const now = new Date();
  const free = db
    .select({ subject: table.subject })
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
    .limit(SUBJECTS)
    .for('update', { skipLocked: true });
  const rows = await db
    .update(table)
    .set({ leasedUntil: new Date(now.getTime() + LEASE_MS), attempts: sql`${table.attempts} + 1` })
    // An array, so that the subquery runs once: each run would lock further rows.
    .where(and(isNull(table.publishedAt), sql`${table.subject} = any(array(${free}))`))
    .returning();
  return rows.sort((a, b) => a.seq - b.seq);
}

const mark = ({ db }: Database, table: EventTables['outbox'], rows: readonly Row[]) =>
  db.update(table).set({ publishedAt: new Date(), leasedUntil: null }).where(among(table, rows));

/** Gives back rows whose turn did not come. */
const release = ({ db }: Database, table: EventTables['outbox'], rows: readonly Row[]) =>
  db
    .update(table)
    .set({ leasedUntil: null, attempts: sql`${table.attempts} - 1` })
    .where(among(table, rows));

const among = ({ seq }: EventTables['outbox'], rows: readonly Row[]) =>
  inArray(
    seq,
    rows.map((row) => row.seq),
  );

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
