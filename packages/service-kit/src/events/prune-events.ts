import { and, asc, eq, inArray, isNotNull, lt } from 'drizzle-orm';
import type { Database } from '../database/database.ts';
import type { Job } from '../lifecycle/periodic-job.ts';
import type { EventTables } from './event-tables.ts';

export interface PruneOptions {
  consumer: string;
  database: Database;
  tables: EventTables;
  /** How long an event is kept once it is said: the broker can be filled again from the outbox. */
  keepPublishedMs: number;
  /** How long a consumer remembers an event, by which it knows a repetition: longer than any can still arrive. */
  keepHandledMs: number;
}

const EVERY_MS = 10 * 60_000;
/** Rows looked at, and deleted, by one statement. */
const BATCH = 500;

/**
 * Deletes events that are kept no longer. An event's own time says so, not that of its last publication: were it kept
 * longer for being published again, inboxes would forget it first. Both tables are read from their oldest end along the primary key (a sequence;
 * UUIDv7), so a turn that finds nothing costs one small read, whatever the size of the table.
 */
export function pruneEvents({ consumer, database, tables, keepPublishedMs, keepHandledMs }: PruneOptions): Job {
  const { outbox, inbox } = tables;
  const before = (ageMs: number) => new Date(Date.now() - ageMs);

  async function pruneOutbox(): Promise<number> {
    const oldest = database.db
      .select({ seq: outbox.seq })
      .from(outbox)
      .where(isNotNull(outbox.publishedAt))
      .orderBy(asc(outbox.seq))
      .limit(BATCH);
    const removed = await database.db
      .delete(outbox)
      .where(and(inArray(outbox.seq, oldest), lt(outbox.time, before(keepPublishedMs))))
      .returning({ seq: outbox.seq });
    return removed.length;
  }

  async function pruneInbox(): Promise<number> {
    const ofConsumer = eq(inbox.consumer, consumer);
    const oldest = database.db
      .select({ id: inbox.eventId })
      .from(inbox)
      .where(ofConsumer)
      .orderBy(asc(inbox.eventId))
      .limit(BATCH);
    const removed = await database.db
      .delete(inbox)
      .where(and(ofConsumer, inArray(inbox.eventId, oldest), lt(inbox.handledAt, before(keepHandledMs))))
      .returning({ id: inbox.eventId });
    return removed.length;
  }

  return {
    name: 'prune events',
    everyMs: EVERY_MS,
    async run() {
      while ((await pruneOutbox()) > 0);
      while ((await pruneInbox()) > 0);
    },
  };
}
