import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { notesEvents, notesFolder } from '../testing/notes/notes.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { pruneEvents } from './prune-events.ts';

const DAY_MS = 86_400_000;

eachEngine('pruning events', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  afterAll(() => cluster.close());

  const run = () =>
    pruneEvents({
      consumer: 'reader',
      database,
      tables: notesEvents,
      keepPublishedMs: 7 * DAY_MS,
      keepHandledMs: 30 * DAY_MS,
    }).run();
  const count = async (table: 'outbox' | 'inbox') => {
    const rows = await database.db.select({ n: sql<number>`count(*)::int` }).from(notesEvents[table]);
    return rows[0]?.n;
  };

  test('takes published events of a week ago and older, in batches, and none that is younger or pending', async () => {
    const statements: string[] = [];
    await database.db.execute(sql`
      insert into notes.outbox (id, type, subject, data, published_at)
      select gen_random_uuid(), 't', 's', '{}', case
        when n = 1 then null
        when n <= 1201 then now() - interval '7 days 1 minute'
        else now() - interval '6 days 23 hours' end
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
});
