import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { newId } from '../http/new-id.ts';
import { notesEvents, notesFolder } from '../testing/notes/notes.ts';
import { notesOutbox } from '../testing/notes/notes-outbox.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { createEventOperator, type EventOperator } from './event-operator.ts';

eachEngine('an operator', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  let operator: EventOperator;
  const { deadLetters, outbox } = notesEvents;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
    operator = createEventOperator(database);
  });
  beforeEach(async () => {
    await database.db.delete(deadLetters);
    await database.db.delete(outbox);
  });
  afterAll(() => cluster.close());

  async function letter(
    state: 'RETRYING' | 'DEAD',
    { type = 'notes.note.written.v1' as string | null, failedMinutesAgo = 4 } = {},
  ) {
    const eventId = newId();
    const lastFailedAt = sql`now() - make_interval(mins => ${failedMinutesAgo})`;
    await database.db
      .insert(deadLetters)
      .values({ consumer: 'notes', eventId, state, reason: 'HANDLER_FAILED', type, body: '{}', lastFailedAt });
    return eventId;
  }
  const states = async () =>
    Object.fromEntries((await operator.deadLetters('notes', {})).map(({ eventId, state }) => [eventId, state]));

  test('finds the services by their tables', async () => {
    expect(await operator.services()).toEqual(['notes']);
  });

  test('wants dead letters back: one, those of a type, or all; none that the bus still tries', async () => {
    const [first, second, other, trying] = [
      await letter('DEAD'),
      await letter('DEAD'),
      await letter('DEAD', { type: null }),
      await letter('RETRYING'),
    ];
    expect(await operator.redrive('notes', { eventId: first })).toBe(1);
    expect(await states()).toEqual({ [first]: 'REDRIVE', [second]: 'DEAD', [other]: 'DEAD', [trying]: 'RETRYING' });
    expect(await operator.redrive('notes', { type: 'none' })).toBe(1);
    expect(await operator.redrive('notes', { type: 'nothing.of.that.v1' })).toBe(0);
    expect(await operator.redrive('notes', {})).toBe(3);
    expect(await states()).toMatchObject({ [second]: 'REDRIVE', [trying]: 'RETRYING' });
  });

  test('discards what nothing will handle, and none that the bus still tries', async () => {
    const trying = await letter('RETRYING');
    await letter('DEAD');
    expect(await operator.discard('notes', {})).toBe(1);
    expect(await states()).toEqual({ [trying]: 'RETRYING' });
  });

  test('sees what the broker has lost between two attempts, wants it back and discards it', async () => {
    const lost = await letter('RETRYING', { failedMinutesAgo: 6 });
    expect(await states()).toEqual({ [lost]: 'STUCK' });
    expect(await operator.redrive('notes', {})).toBe(1);
    expect(await states()).toEqual({ [lost]: 'REDRIVE' });
    await database.db.update(deadLetters).set({ state: 'RETRYING' });
    expect(await operator.discard('notes', {})).toBe(1);
    expect(await states()).toEqual({});
  });

  test('has published events published again, by id, subject, type and time', async () => {
    const published: number[] = [];
    const producer = notesOutbox(database, async ({ data }) => void published.push(data.number));
    for (const number of [1, 2, 3]) await producer.write(`n${number}`, number);
    await producer.idle();
    const rows = await database.db.select().from(outbox).orderBy(outbox.seq);
    await database.db
      .update(outbox)
      .set({ time: new Date(0) })
      .where(eq(outbox.seq, rows[0]?.seq ?? 0));
    const replayed = async (filter: Parameters<EventOperator['replay']>[1]) => {
      published.length = 0;
      const count = await operator.replay('notes', filter);
      await producer.idle();
      expect(published).toHaveLength(count);
      return published.toSorted();
    };
    expect(await replayed({ eventId: rows[1]?.id })).toEqual([2]);
    expect(await replayed({ subject: 'n3' })).toEqual([3]);
    expect(await replayed({ since: new Date(1) })).toEqual([2, 3]);
    expect(await replayed({ until: new Date(1) })).toEqual([1]);
    expect(await replayed({ type: 'notes.note.erased.v1' })).toEqual([]);
    expect(await replayed({})).toEqual([1, 2, 3]);
    await producer.stop?.();
  });

  test('leaves alone what is not published yet', async () => {
    await notesOutbox(database).write('n1', 1);
    expect(await operator.replay('notes', {})).toBe(0);
  });
});
