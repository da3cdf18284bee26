import { asc, isNull, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { notesEvents, notesFolder, noteWritten } from '../testing/notes/notes.ts';
import { notesOutbox } from '../testing/notes/notes-outbox.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { until } from '../testing/until.ts';
import { type CloudEvent, defineEvent } from './event.ts';
import { createEventOperator } from './event-operator.ts';

type Event = CloudEvent<{ number: number }>;
const AFTER_THE_LEASE_MS = 5500;

eachEngine('the outbox', (open, engine) => {
  let cluster: TestDatabase;
  let database: Database;
  const opened: ReturnType<typeof notesOutbox>[] = [];
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  beforeEach(() => database.db.delete(notesEvents.outbox).then(() => {}));
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(opened.splice(0).map((outbox) => outbox.stop?.()));
  });
  afterAll(() => cluster.close());

  function openOutbox(publish?: (event: Event) => Promise<void>) {
    const outbox = notesOutbox(database, publish);
    opened.push(outbox);
    return outbox;
  }
  const rows = () => database.db.select().from(notesEvents.outbox).orderBy(asc(notesEvents.outbox.seq));
  const pending = () => database.db.select().from(notesEvents.outbox).where(isNull(notesEvents.outbox.publishedAt));

  test('publishes what was committed, as a CloudEvent, and marks it', async () => {
    const published: Event[] = [];
    const outbox = openOutbox(async (event) => void published.push(event));
    await outbox.write('n1', 1);
    await outbox.idle();
    const [row] = await rows();
    expect(published).toEqual([
      {
        specversion: '1.0',
        id: row?.id,
        source: '/notes',
        type: 'notes.note.written.v1',
        subject: 'n1',
        time: row?.time.toISOString(),
        datacontenttype: 'application/json',
        data: { number: 1 },
      },
    ]);
    expect(row?.publishedAt).toBeInstanceOf(Date);
    await outbox.idle();
    expect(published).toHaveLength(1);
  });

  test('keeps what nobody can be told, for a process that has a bus', async () => {
    const alone = openOutbox();
    await alone.start?.();
    await alone.write('n1', 1);
    await alone.idle();
    expect(await pending()).toHaveLength(1);
    const published: Event[] = [];
    await openOutbox(async (event) => void published.push(event)).start?.();
    await until('the event', () => published.length === 1);
    expect(published[0]?.data).toEqual({ number: 1 });
  });

  test('publishes as soon as it is committed, without being asked', async () => {
    const published: Event[] = [];
    const outbox = openOutbox(async (event) => void published.push(event));
    await outbox.write('n1', 1);
    await until('the event', () => published.length === 1);
  });

  test('publishes nothing that was rolled back, and nothing before the commit', async () => {
    const published: Event[] = [];
    const outbox = openOutbox(async (event) => void published.push(event));
    const failing = database.transaction(async (tx) => {
      await outbox.emit(tx, noteWritten, 'n1', { number: 1 });
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    await outbox.idle();
    await database.transaction(async (tx) => {
      await outbox.emit(tx, noteWritten, 'n1', { number: 2 });
      expect(published).toEqual([]);
    });
    await outbox.idle();
    expect(published.map(({ data }) => data.number)).toEqual([2]);
  });

  test('refuses data that the event does not describe, with the transaction', async () => {
    const outbox = openOutbox(async () => {});
    const wrong = database.transaction((tx) => outbox.emit(tx, noteWritten, 'n1', { number: 'x' } as never));
    await expect(wrong).rejects.toThrow();
    expect(await rows()).toEqual([]);
  });

  test('refuses an event that no broker would take, with the transaction', async () => {
    const long = defineEvent('notes.note.written.v1', z.object({ text: z.string() }));
    const outbox = openOutbox(async () => {});
    const tooLarge = database.transaction((tx) => outbox.emit(tx, long, 'n1', { text: 'ä'.repeat(31 * 1024) }));
    await expect(tooLarge).rejects.toThrow('notes.note.written.v1 is too large');
    expect(await rows()).toEqual([]);
  });

  test('keeps the order of each subject across failures, and lets the others go on', async () => {
    const published: [string, number][] = [];
    let away = true;
    const outbox = openOutbox(async ({ subject, data }) => {
      if (subject === 'slow' && data.number === 1 && away) throw new Error('the bus is away');
      published.push([subject, data.number]);
    });
    await database.transaction(async (tx) => {
      for (const number of [1, 2, 3]) {
        for (const subject of ['slow', 'fast']) await outbox.emit(tx, noteWritten, subject, { number });
      }
    });
    await outbox.idle();
    // The relay is idle, although three events wait for the next attempt of the first.
    expect(published).toEqual([
      ['fast', 1],
      ['fast', 2],
      ['fast', 3],
    ]);
    expect(await pending()).toHaveLength(3);
    away = false;
    await outbox.start?.();
    await until('the new attempts', async () => (await pending()).length === 0);
    expect(published.slice(3)).toEqual([
      ['slow', 1],
      ['slow', 2],
      ['slow', 3],
    ]);
    const attempts = (await rows()).map((row) => row.attempts);
    expect(attempts[0]).toBeGreaterThan(1);
    expect(attempts.slice(1)).toEqual([1, 1, 1, 1, 1]);
  });

  test('waits longer after each failure, five seconds at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const attemptsAtMs: number[] = [];
    const outbox = openOutbox(async () => {
      attemptsAtMs.push(Date.now());
      throw new Error('the bus is away');
    });
    await outbox.write('n1', 1);
    await outbox.idle();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt++) {
      const [row] = await rows();
      waits.push((row?.leasedUntil?.getTime() ?? 0) - Date.now());
      vi.setSystemTime((row?.leasedUntil?.getTime() ?? 0) + 1);
      await outbox.idle();
      expect(attemptsAtMs).toHaveLength(attempt + 1);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000]);
  });

  test('takes nothing while the bus is away, and goes on when it is back', async () => {
    const published: number[] = [];
    let isUp = false;
    let tell = () => {};
    const outbox = notesOutbox(database, async ({ data }) => void published.push(data.number), 60_000, {
      isUp: () => isUp,
      onUp(listener) {
        tell = listener;
      },
    });
    opened.push(outbox);
    await outbox.start?.();
    await outbox.write('n1', 1);
    await outbox.idle();
    expect(await rows()).toMatchObject([{ attempts: 0, leasedUntil: null }]);
    isUp = true;
    tell();
    await until('the event', async () => (await pending()).length === 0);
    expect(published).toEqual([1]);
  });

  test('publishes again what a process was publishing when it died, after its lease', async () => {
    const died = openOutbox(() => new Promise(() => {}));
    await died.write('n1', 1);
    await until('the lease', async () => (await rows())[0]?.attempts === 1);
    opened.length = 0;

    const published: number[] = [];
    const survivor = openOutbox(async ({ data }) => void published.push(data.number));
    await survivor.idle();
    expect(published).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + AFTER_THE_LEASE_MS);
    await survivor.idle();
    expect(published).toEqual([1]);
  });

  test('publishes different subjects side by side, so that a slow one holds up none of its batch', async () => {
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
    const published: string[] = [];
    const outbox = openOutbox(async ({ subject }) => {
      published.push(subject);
      if (subject === 'a') await stuck;
    });
    await database.transaction(async (tx) => {
      for (const subject of ['a', 'b']) await outbox.emit(tx, noteWritten, subject, { number: 1 });
    });
    await until('both', () => published.length === 2);
    release();
    await outbox.idle();
    expect(await pending()).toEqual([]);
  });

  test('takes the events of a subject together, and gives back those behind one that failed', async () => {
    const published: number[] = [];
    const outbox = openOutbox(async ({ data }) => {
      if (data.number === 2) throw new Error('the bus is away');
      published.push(data.number);
    });
    await database.transaction(async (tx) => {
      for (const number of [1, 2, 3]) await outbox.emit(tx, noteWritten, 'n1', { number });
    });
    await outbox.idle();
    expect(published).toEqual([1]);
    expect(await rows()).toMatchObject([
      { attempts: 1, publishedAt: expect.any(Date) },
      { attempts: 1, leasedUntil: expect.any(Date), publishedAt: null },
      { attempts: 0, leasedUntil: null, publishedAt: null },
    ]);
  });

  test('does not go on with a lease that ran out while the bus was slow', async () => {
    const { promise: stuck, resolve: release } = Promise.withResolvers<void>();
    const published: Record<string, number[]> = { slow: [], other: [] };
    const slow = openOutbox(async ({ data }) => {
      published.slow?.push(data.number);
      await stuck;
    });
    await database.transaction(async (tx) => {
      for (const number of [1, 2]) await slow.emit(tx, noteWritten, 'n1', { number });
    });
    await until('the first', () => published.slow?.length === 1);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + AFTER_THE_LEASE_MS);
    await openOutbox(async ({ data }) => void published.other?.push(data.number)).idle();
    release();
    await slow.idle();
    expect(published).toEqual({ slow: [1], other: [1, 2] });
  });

  test('finds on its own, once started, what was left behind', async () => {
    const writer = openOutbox(async () => {});
    await writer.stop?.();
    await writer.write('n1', 1);
    expect(await pending()).toHaveLength(1);
    const published: number[] = [];
    await openOutbox(async ({ data }) => void published.push(data.number)).start?.();
    await until('the event', () => published.length === 1);
  });

  // An embedded database has one process.
  if (engine === 'PostgreSQL') {
    test('hears of what other processes commit, without waiting for its timer', async () => {
      const published: number[] = [];
      const relay = notesOutbox(database, async ({ data }) => void published.push(data.number), 60_000);
      opened.push(relay);
      await relay.start?.();
      // This one publishes nothing: like a process that died right after the commit.
      const other = openOutbox();
      const committed = database.transaction(async (tx) => {
        await other.emit(tx, noteWritten, 'n1', { number: 1 });
        expect(published).toEqual([]);
      });
      await committed;
      await until('the event', () => published.length === 1);
    });

    test('hears of them again after its connection was lost', async () => {
      const published: number[] = [];
      const relay = notesOutbox(database, async ({ data }) => void published.push(data.number), 60_000);
      opened.push(relay);
      await relay.start?.();
      const lost = await database.db.execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'notes listener' and datname = current_database()`,
      );
      expect((lost as unknown as { rows: unknown[] }).rows).toHaveLength(1);
      await openOutbox().write('n1', 1);
      await until('the event', () => published.length === 1);
      await openOutbox().write('n1', 2);
      await until('the next', () => published.length === 2);
    });
  }

  test('once stopped, finishes what it had begun and takes nothing new', async () => {
    const published: number[] = [];
    const outbox = openOutbox(async ({ data }) => void published.push(data.number));
    await outbox.write('n1', 1);
    await outbox.stop?.();
    expect(await pending()).toHaveLength(0);
    await outbox.write('n1', 2);
    await outbox.idle();
    expect(published).toEqual([1]);
  });

  test('says how many events are pending, and for how long', async () => {
    const outbox = openOutbox(() => Promise.reject(new Error('the bus is away')));
    await outbox.write('n1', 1);
    await outbox.write('n2', 1);
    await outbox.idle();
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 60_000);
    const scraped = await outbox.metrics.scrape();
    expect(scraped).toContain('outbox_pending{service="notes"} 2');
    expect(Number(/outbox_lag_seconds{.*} (.*)/.exec(scraped)?.[1])).toBeCloseTo(60, -1);
    await database.db.delete(notesEvents.outbox);
    expect(await outbox.metrics.scrape()).toMatch(/outbox_pending{.*} 0\n[\s\S]*outbox_lag_seconds{.*} 0/);
  });

  test('counts what is to be published again from when that was asked for', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const outbox = openOutbox();
    const lag = async () => Number(/outbox_lag_seconds{.*} (.*)/.exec(await outbox.metrics.scrape())?.[1]);
    const long = new Date(Date.now() - 3 * 86_400_000);
    await outbox.write('n1', 1);
    await database.db.update(notesEvents.outbox).set({ time: long });
    // A process that has just begun cannot know better.
    expect(await lag()).toBeCloseTo(3 * 86_400, -1);
    await database.db.update(notesEvents.outbox).set({ publishedAt: new Date() });
    expect(await lag()).toBe(0);
    await createEventOperator(database).replay('notes', {});
    vi.setSystemTime(Date.now() + 60_000);
    expect(await lag()).toBeCloseTo(60, -1);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await lag()).toBeCloseTo(120, -1);
  });

  test('says nothing of what is pending while it cannot know', async () => {
    let away = false;
    const fragile: Database = {
      ...database,
      get db() {
        if (away) throw new Error('the database is away');
        return database.db;
      },
    };
    const outbox = notesOutbox(fragile);
    await outbox.write('n1', 1);
    expect(await outbox.metrics.scrape()).toContain('outbox_pending{service="notes"} 1');
    away = true;
    expect(await outbox.metrics.scrape()).not.toMatch(/^outbox_(pending|lag_seconds){/m);
    away = false;
    expect(await outbox.metrics.scrape()).toMatch(/^outbox_pending{.*} 1\n[\s\S]*^outbox_lag_seconds{/m);
  });

  test('of several processes keeps the order of each subject, and shares the work', async () => {
    const published: { subject: string; number: number; relay: number }[] = [];
    const relays = [0, 1, 2].map((relay) =>
      openOutbox(async ({ subject, data }) => {
        // One publication in ten fails after the bus has taken the event: it comes again.
        published.push({ subject, number: data.number, relay });
        if (published.length % 10 === 0) throw new Error('no acknowledgement');
      }),
    );
    const subjects = ['a', 'b', 'c', 'd', 'e', 'f'];
    const write = async (subject: string, index: number) => {
      for (let number = 1; number <= 15; number++) await relays[index % 3]?.write(subject, number);
    };
    await Promise.all([...relays.map((relay) => relay.start?.()), ...subjects.map(write)]);
    await until('everything', async () => (await pending()).length === 0);
    for (const subject of subjects) {
      const numbers = published.filter((event) => event.subject === subject).map(({ number }) => number);
      // Repetitions come directly after each other; without them the order is the one in which it was written.
      expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
      expect(new Set(numbers).size).toBe(15);
    }
    expect(new Set(published.map(({ relay }) => relay)).size).toBeGreaterThan(1);
  });
});
