import type { Tracer } from '@opentelemetry/api';
import { isNull, min, sql } from 'drizzle-orm';
import { afterCommit, type Database, type Db } from '../database/database.ts';
import { newId } from '../http/new-id.ts';
import type { Component } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { currentTraceparent } from '../tracing/context.ts';
import type { EventDefinition } from './event.ts';
import type { EventBus } from './event-bus.ts';
import type { EventTables } from './event-tables.ts';
import { createOutboxRelay } from './outbox-relay.ts';

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
  tracer: Tracer;
  /** How often the relay looks without being woken: for rows of a process that died, and for new attempts. */
  pollMs: number;
}

/** What a broker takes (64 KiB), less the envelope: a larger event would be stuck in the outbox for ever. */
const MAX_DATA_BYTES = 60 * 1024;

/**
 * The transactional outbox, and the relay that empties it: woken by the commits of its own process, by NOTIFY on those of
 * others, and by a timer.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { service, database, table, bus, log } = options;
  const channel = `${service}_outbox`;
  const relay = createOutboxRelay(options);
  let timer: NodeJS.Timeout | undefined;
  let stopListening: (() => Promise<void>) | undefined;

  observePending(options);
  return {
    name: 'outbox',
    async emit(tx, event, subject, data) {
      const written = event.data.parse(data);
      if (Buffer.byteLength(JSON.stringify(written)) > MAX_DATA_BYTES) throw new Error(`${event.type} is too large`);
      await tx
        .insert(table)
        .values({
          id: newId(),
          type: event.type,
          subject,
          data: written,
          traceparent: currentTraceparent() ?? null,
        })
        // Sent at the commit, in the same statement.
        .returning({ notified: sql`pg_notify(${channel}, '')` });
      afterCommit(relay.wake);
    },
    async start() {
      if (bus === undefined) return log.warn('no event bus: events wait in the outbox, and none is heard');
      timer = setInterval(relay.wake, options.pollMs);
      bus.onUp(relay.wake);
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

function observePending({ database, table, metrics }: OutboxOptions): void {
  const pending = metrics.get('outbox_pending');
  const lag = metrics.get('outbox_lag_seconds');
  const read = async () => {
    const rows = await database.db
      .select({ count: sql<number>`count(*)::int`, oldest: min(table.time) })
      .from(table)
      .where(isNull(table.publishedAt));
    return rows[0];
  };
  /** Never goes back: an event from before the oldest that was pending once is wanted again since. */
  let waitingSinceMs = 0;
  metrics.beforeScrape(async () => {
    const row = await read().catch(() => undefined);
    if (row === undefined) {
      // Numbers of before an outage of the database would look like those of now.
      pending.remove({});
      lag.remove({});
      return;
    }
    waitingSinceMs = Math.max(waitingSinceMs, row.oldest?.getTime() ?? Date.now());
    pending.set(row.count);
    lag.set(row.count === 0 ? 0 : Math.max(0, Date.now() - waitingSinceMs) / 1000);
  });
}
