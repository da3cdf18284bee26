import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from '../database/database.ts';
import { newId } from '../http/new-id.ts';
import { notesEvents, notesFolder } from '../testing/notes/notes.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { createEventOperator } from './event-operator.ts';
import { pruneEvents } from './prune-events.ts';
import { STREAM_RETENTION_MS } from './stream-retention.ts';

const DAY_MS = 86_400_000;

eachEngine('pruning events', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(() => cluster.close());

  const pruneAfter = (keepPublishedMs: number, keepHandledMs: number) =>
    pruneEvents({
      consumer: 'reader',
      database,
      tables: notesEvents,
      keepPublishedMs,
      keepHandledMs,
    }).run();
  const run = () => pruneAfter(7 * DAY_MS, 30 * DAY_MS);
  const count = async (table: 'outbox' | 'inbox') => {
    const rows = await database.db.select({ n: sql<number>`count(*)::int` }).from(notesEvents[table]);
    return rows[0]?.n;
  };

  test('takes published events of a week ago and older, in batches, and none that is younger or pending', async () => {
    const statements: string[] = [];
    await database.db.execute(sql`
      insert into notes.outbox (id, type, subject, data, time, published_at)
      select gen_random_uuid(), 't', 's', '{}',
        now() - case when n <= 1201 then interval '7 days 1 minute' else interval '6 days 23 hours' end,
        case when n > 1 then now() - interval '6 days' end
      from generate_series(1, 1211) n`);
    const stop = database.onStatement(({ sql: text }) => statements.push(text));
    await run();
    stop();
    expect(await count('outbox')).toBe(11);
    expect(statements.filter((text) => text.includes('outbox')).length).toBeLessThanOrEqual(4);
    await run();
    expect(await count('outbox')).toBe(11);
  });

  test("takes what this consumer handled a month ago and earlier, and nothing of another's", async () => {
    await database.db.execute(sql`
      insert into notes.inbox (consumer, event_id, handled_at)
      select consumer, lpad(to_hex(n), 32, '0')::uuid,
        now() - case when n <= 700 then interval '31 days' else interval '29 days' end
      from generate_series(1, 710) n, (values ('reader'), ('other')) c (consumer)`);
    await run();
    expect(await count('inbox')).toBe(10 + 710);
  });

  test('an event that is published again, as late as it can be, is known to those that handled it', async () => {
    const keepPublishedMs = 7 * DAY_MS;
    const keepHandledMs = keepPublishedMs + STREAM_RETENTION_MS;
    const eventId = newId();
    // Handled at once, a moment less than a week ago.
    const [row] = await database.db
      .insert(notesEvents.outbox)
      .values({ id: eventId, type: 't', subject: 's', data: {}, time: new Date(Date.now() - keepPublishedMs + 60_000) })
      .returning();
    await database.db
      .insert(notesEvents.inbox)
      .values({ consumer: 'reader', eventId, handledAt: row?.time ?? new Date() });
    const ofEvent = async () => [
      await database.db.$count(notesEvents.outbox, eq(notesEvents.outbox.id, eventId)),
      await database.db.$count(notesEvents.inbox, eq(notesEvents.inbox.eventId, eventId)),
    ];
    const published = () =>
      database.db.update(notesEvents.outbox).set({ publishedAt: new Date() }).where(eq(notesEvents.outbox.id, eventId));
    const later = async (ms: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
      await pruneAfter(keepPublishedMs, keepHandledMs);
    };
    await published();
    await pruneAfter(keepPublishedMs, keepHandledMs);
    expect(await createEventOperator(database).replay('notes', { eventId })).toBe(1);
    await published();
    // From then on it cannot be published any more, but lies in the stream, and is remembered for as long.
    await later(120_000);
    expect(await ofEvent()).toEqual([0, 1]);
    await later(STREAM_RETENTION_MS - 120_000);
    expect(await ofEvent()).toEqual([0, 1]);
    await later(120_000);
    expect(await ofEvent()).toEqual([0, 0]);
  });
});
