import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../database/database.ts';
import { notes, notesEvents, notesFolder, noteWritten } from '../testing/notes/notes.ts';
import { addNote, noteEvent, notesConsumer } from '../testing/notes/notes-consumer.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { until } from '../testing/until.ts';
import { HANDLER_TIMEOUT_MS } from './consumer.ts';

eachEngine('dead letters', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  const { deadLetters, inbox } = notesEvents;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  beforeEach(async () => {
    await database.db.delete(notes);
    await database.db.delete(inbox);
    await database.db.delete(deadLetters);
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(() => cluster.close());

  const subscribe = (options?: Parameters<typeof notesConsumer>[1]) => notesConsumer(database, options);
  const texts = async () => (await database.db.select().from(notes)).map(({ text }) => text).sort();
  const letters = () => database.db.select().from(deadLetters);
  const wantBack = () => database.db.update(deadLetters).set({ state: 'REDRIVE' });
  const unlucky = async () => {
    throw new RangeError('no luck, canary');
  };

  /** A database that answers nothing while it is away. */
  function breakable() {
    const state = { away: false };
    const gone = () => new Error('the database is away');
    const through: Database = {
      ...database,
      get db() {
        if (state.away) throw gone();
        return database.db;
      },
      transaction: (work) => (state.away ? Promise.reject(gone()) : database.transaction(work)),
    };
    return { state, database: through };
  }

  /** What a process leaves behind that dies on an event: its transaction never ends, nor its time. */
  async function dying(maxAttempts?: number) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const begun = { times: 0 };
    const consumer = await notesConsumer(
      { ...database, transaction: () => new Promise(() => void begun.times++) },
      maxAttempts === undefined ? {} : { maxAttempts },
    );
    return { ...consumer, begun };
  }

  test('an event that fails again and again is one in the end; the bus is done with it, and goes on', async () => {
    const { bus, metrics, outcomes, lines } = await subscribe({
      async handle(received, tx) {
        await addNote(received, tx);
        if (received.data.number === 1) throw new Error('no luck, canary');
      },
      maxAttempts: 3,
    });
    const poison = noteEvent(1);
    for (const attempts of [1, 2]) {
      await expect(bus.publish(poison)).rejects.toThrow();
      expect(await letters()).toMatchObject([{ state: 'RETRYING', attempts }]);
    }
    expect(await metrics.scrape()).toContain('events_dead_letters{consumer="reader",service="reader"} 0');
    await bus.publish(poison);
    expect(await letters()).toMatchObject([
      {
        consumer: 'reader',
        eventId: poison.id,
        state: 'DEAD',
        reason: 'HANDLER_FAILED',
        error: 'Error',
        attempts: 3,
        type: poison.type,
      },
    ]);
    expect(JSON.parse((await letters())[0]?.body ?? '')).toEqual(poison);
    await bus.publish(noteEvent(2));
    expect(await texts()).toEqual(['2']);
    expect(await outcomes()).toEqual({ failed: 2, dead_lettered: 1, handled: 1 });
    expect(await metrics.scrape()).toContain('events_dead_letters{consumer="reader",service="reader"} 1');
    expect(lines()[2]).toMatchObject({ level: 'error', reason: 'HANDLER_FAILED', event_id: poison.id });
  });

  test('an event is tried as often as it is said, and the last error is kept and logged', async () => {
    let tried = 0;
    const { bus, outcomes, lines } = await subscribe({
      async handle() {
        tried++;
        if (tried === 6) await unlucky();
        throw new TypeError('not yet');
      },
      maxAttempts: 6,
    });
    const poison = noteEvent(1);
    for (let attempts = 1; attempts <= 5; attempts++) {
      await expect(bus.publish(poison)).rejects.toThrow();
      expect(await letters()).toMatchObject([{ state: 'RETRYING', attempts, error: 'TypeError' }]);
    }
    await bus.publish(poison);
    expect(await letters()).toMatchObject([{ state: 'DEAD', attempts: 6, error: 'RangeError' }]);
    expect(tried).toBe(6);
    expect(await outcomes()).toEqual({ failed: 5, dead_lettered: 1 });
    expect(lines().at(-1)).toMatchObject({
      message: expect.stringContaining('given up'),
      err: { message: 'no luck, canary' },
    });
  });

  test('an event that kills its process each time is one in the end, and is not tried any more', async () => {
    const { deliver, begun, outcomes } = await dying(3);
    const poison = noteEvent(1);
    for (const attempt of [1, 2, 3, 4, 5, 6]) {
      // It never ends.
      void deliver.handle(poison, { attempt });
      await until('the attempt', () => begun.times === attempt);
    }
    // The first three count only when they fail, and these end in neither way.
    expect(await letters()).toMatchObject([{ state: 'RETRYING', attempts: 3, error: null }]);
    await deliver.handle(poison, { attempt: 7 });
    expect(await letters()).toMatchObject([{ state: 'DEAD', attempts: 3 }]);
    expect(begun.times).toBe(6);
    expect(await outcomes()).toEqual({ dead_lettered: 1 });
  });

  test('an event that succeeds after failures is none any more', async () => {
    let failures = 5;
    const { bus } = await subscribe({
      async handle(received, tx) {
        if (failures-- > 0) throw new Error('no luck');
        await addNote(received, tx);
      },
    });
    const same = noteEvent(1);
    for (let turn = 0; turn < 5; turn++) await expect(bus.publish(same)).rejects.toThrow();
    await bus.publish(same);
    expect(await letters()).toEqual([]);
    expect(await texts()).toEqual(['1']);
  });

  test('an operator has one tried again: once in vain, then with effect', async () => {
    let broken = true;
    const { bus, redrive } = await subscribe({
      async handle(received, tx) {
        if (broken) await unlucky();
        await addNote(received, tx);
      },
      maxAttempts: 1,
    });
    await bus.publish(noteEvent(1));
    await redrive();
    expect(await letters()).toMatchObject([{ state: 'DEAD', attempts: 1 }]);
    await wantBack();
    await redrive();
    expect(await letters()).toMatchObject([{ state: 'DEAD', attempts: 2 }]);
    broken = false;
    await wantBack();
    await redrive();
    expect(await letters()).toEqual([]);
    expect(await texts()).toEqual(['1']);
    await redrive();
    expect(await texts()).toEqual(['1']);
  });

  test('one that kills the process which tries it again is not tried by the next', async () => {
    const { bus } = await subscribe({ handle: unlucky, maxAttempts: 1 });
    await bus.publish(noteEvent(1));
    await wantBack();
    const [first, next] = [await dying(), await dying()];
    // It never ends.
    void first.redrive();
    await until('the attempt', () => first.begun.times === 1);
    expect(await letters()).toMatchObject([{ state: 'DEAD' }]);
    await next.redrive();
    expect(next.begun.times).toBe(0);
  });

  test('one is tried again by one of several processes', async () => {
    const { bus } = await subscribe({ handle: unlucky, maxAttempts: 1 });
    for (const number of [1, 2, 3, 4]) await bus.publish(noteEvent(number));
    await wantBack();
    const processes = [await subscribe(), await subscribe()];
    await Promise.all(processes.map(({ redrive }) => redrive()));
    expect(await texts()).toEqual(['1', '2', '3', '4']);
    const counted = await Promise.all(processes.map(({ outcomes }) => outcomes()));
    expect(counted.flatMap(Object.keys)).not.toContain('repeated');
    expect(await letters()).toEqual([]);
  });

  test('one that an operator wants back is not given up by a late delivery, but left to the redrive', async () => {
    const { bus, deliver, outcomes, redrive } = await subscribe();
    const late = noteEvent(1);
    await database.db.insert(deadLetters).values({
      ...{ consumer: 'reader', eventId: late.id, type: late.type, body: JSON.stringify(late) },
      ...{ state: 'REDRIVE', reason: 'HANDLER_FAILED', attempts: 5 },
    });
    await deliver.handle(late, { attempt: 6 });
    expect(await letters()).toMatchObject([{ state: 'REDRIVE', attempts: 5 }]);
    await redrive();
    expect(await letters()).toEqual([]);
    await bus.publish(late);
    expect(await outcomes()).toEqual({ handled: 1, repeated: 1 });
  });

  test.each([
    ['data that does not fit', { type: noteWritten.type, data: { number: 'canary' } }, 'INVALID_DATA'],
    ['an unknown version', { type: 'notes.note.written.v9', data: { number: 1 } }, 'UNKNOWN_TYPE'],
  ])('%s is one at once, and none of it is logged', async (_, change, reason) => {
    const { bus, outcomes, lines } = await subscribe();
    await bus.publish({ ...noteEvent(1), ...change });
    expect(await letters()).toMatchObject([{ state: 'DEAD', reason, attempts: 1, type: change.type }]);
    expect(JSON.stringify(lines())).not.toContain('canary');
    expect(await texts()).toEqual([]);
    expect(await outcomes()).toEqual({ dead_lettered: 1 });
    await bus.publish(noteEvent(2));
    expect(await texts()).toEqual(['2']);
  });

  test('an unknown version is not a value of a label', async () => {
    const { bus, metrics } = await subscribe();
    await bus.publish({ ...noteEvent(1), type: 'notes.note.written.v9' });
    expect(await metrics.scrape()).toContain('type="unknown",outcome="dead_lettered"');
  });

  test('a message that is no event is kept as it came, once, and survives being wanted back', async () => {
    const { deliver, outcomes, lines, redrive } = await subscribe();
    await deliver.refuse('{ canary \0');
    await deliver.refuse('{ canary \0');
    expect(await letters()).toMatchObject([
      { state: 'DEAD', reason: 'MALFORMED', attempts: 2, type: null, body: '{ canary \uFFFD' },
    ]);
    expect(await outcomes()).toEqual({ dead_lettered: 2 });
    await wantBack();
    await redrive();
    expect(await letters()).toMatchObject([{ state: 'DEAD', attempts: 3 }]);
    expect(JSON.stringify(lines())).not.toContain('canary');
  });

  test('an outage of the database makes none: the event comes again, and each failure is seen', async () => {
    const { state, database: fragile } = breakable();
    const { bus, outcomes, lines } = await notesConsumer(fragile, { maxAttempts: 2 });
    state.away = true;
    const same = noteEvent(1);
    for (let turn = 1; turn <= 5; turn++) {
      await expect(bus.publish(same)).rejects.toThrow();
      expect(await outcomes()).toEqual({ failed: turn });
      expect(lines().at(-1)).toMatchObject({ level: 'error', event_id: same.id, event_type: same.type });
    }
    state.away = false;
    await bus.publish(same);
    expect(await letters()).toEqual([]);
    expect(await texts()).toEqual(['1']);
  });

  test('a message that cannot be kept as one comes again, which is seen', async () => {
    const { state, database: fragile } = breakable();
    const { deliver, outcomes, lines } = await notesConsumer(fragile);
    state.away = true;
    await expect(deliver.refuse('canary')).rejects.toThrow();
    expect(await outcomes()).toEqual({ failed: 1 });
    expect(lines()).toMatchObject([{ level: 'error', err: { message: 'the database is away' } }, { level: 'error' }]);
    expect(JSON.stringify(lines())).not.toContain('canary');
  });

  test('their number counts those that the broker has lost, and is not that of before an outage', async () => {
    const { state, database: fragile } = breakable();
    const { bus, metrics } = await notesConsumer(fragile, { handle: unlucky });
    const gauge = async () => /events_dead_letters{.*} (\d+)/.exec(await metrics.scrape())?.[1];
    await expect(bus.publish(noteEvent(1))).rejects.toThrow();
    expect(await gauge()).toBe('0');
    await database.db.update(deadLetters).set({ lastFailedAt: sql`now() - interval '6 minutes'` });
    expect(await gauge()).toBe('1');
    state.away = true;
    expect(await gauge()).toBeUndefined();
    state.away = false;
    expect(await gauge()).toBe('1');
  });

  test('a handler that hangs has failed; when it ends after all, it counts once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const begun = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const { bus } = await subscribe({
      async handle(received, tx) {
        begun.resolve();
        await released.promise;
        await addNote(received, tx);
      },
    });
    const same = noteEvent(1);
    const delivered = expect(bus.publish(same)).rejects.toThrow();
    await begun.promise;
    await vi.advanceTimersByTimeAsync(HANDLER_TIMEOUT_MS);
    // An embedded database has one connection, which the hanging transaction keeps.
    released.resolve();
    vi.useRealTimers();
    await delivered;
    // The late transaction came to its end and left its mark: what it did is not done again.
    await bus.publish(same);
    expect(await texts()).toEqual(['1']);
    expect(await letters()).toEqual([]);
  });
});
