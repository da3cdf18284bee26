import { context, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { afterCommit, type Database, type Db } from '../database/database.ts';
import { newId } from '../http/new-id.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { notes, notesEvents, notesFolder, noteWritten } from '../testing/notes/notes.ts';
import { notesOutbox } from '../testing/notes/notes-outbox.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { until } from '../testing/until.ts';
import { startEntrySpan } from '../tracing/context.ts';
import { createTracing, tracingConfig } from '../tracing/tracing.ts';
import { createConsumer, HANDLER_TIMEOUT_MS, onEvent } from './consumer.ts';
import { type CloudEvent, defineEvent } from './event.ts';
import type { EventSubscription } from './event-bus.ts';
import { inProcessBus } from './in-process-bus.ts';

eachEngine('a consumer', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  beforeEach(async () => {
    await database.db.delete(notes);
    await database.db.delete(notesEvents.inbox);
    await database.db.delete(notesEvents.deadLetters);
    await database.db.delete(notesEvents.outbox);
  });
  afterAll(() => cluster.close());

  const event = (number: unknown, id = newId()): CloudEvent => ({
    specversion: '1.0',
    id,
    source: '/notes',
    type: noteWritten.type,
    subject: 'n',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { number },
  });
  const addNote = async ({ data }: CloudEvent<{ number: number }>, tx: Db) =>
    void (await tx.insert(notes).values({ id: newId(), text: `${data.number}` }));
  const texts = async () => (await database.db.select().from(notes)).map(({ text }) => text).sort();

  async function subscribe(handle = addNote, consumerName = 'reader', bus = inProcessBus(), maxAttempts = 12) {
    const lines: string[] = [];
    const metrics = createMetrics({ service: consumerName, processMetrics: false });
    const { tracer } = await createTracing(consumerName, tracingConfig.parse({}));
    const consumer = createConsumer({
      consumer: consumerName,
      handlers: [onEvent(noteWritten, handle)],
      database,
      tables: notesEvents,
      bus,
      maxAttempts,
      log: createLogger({ service: consumerName, destination: { write: (line) => lines.push(line) } }),
      metrics,
      tracer,
    });
    await consumer.start?.();
    return { bus, metrics, redrive: consumer.redrive.run, lines: () => lines.map((line) => JSON.parse(line)) };
  }
  const outcomes = async (metrics: Metrics) =>
    Object.fromEntries(
      [...(await metrics.scrape()).matchAll(/outcome="(\w+)".*} (\d+)/g)].map(([, name, n]) => [name, Number(n)]),
    );

  test('lets an event take effect once, however often it comes', async () => {
    const { bus, metrics } = await subscribe();
    const events = [event(1), event(2)];
    for (const each of [...events, ...events.toReversed(), ...events]) await bus.publish(each);
    expect(await texts()).toEqual(['1', '2']);
    expect(await outcomes(metrics)).toEqual({ handled: 2, repeated: 4 });
  });

  test('also when its repetitions come at the same moment', async () => {
    const { bus, metrics } = await subscribe();
    const same = event(1);
    await Promise.all(Array.from({ length: 8 }, () => bus.publish(same)));
    expect(await texts()).toEqual(['1']);
    expect(await outcomes(metrics)).toEqual({ handled: 1, repeated: 7 });
  });

  test('that fails leaves nothing of the effect, and takes the event when it comes again', async () => {
    let failures = 1;
    const { bus, metrics, lines } = await subscribe(async (received, tx) => {
      await addNote(received, tx);
      if (failures-- > 0) throw new Error('no luck');
    });
    const same = event(1);
    await expect(bus.publish(same)).rejects.toThrow('a consumer failed');
    expect(await texts()).toEqual([]);
    await bus.publish(same);
    expect(await texts()).toEqual(['1']);
    expect(await outcomes(metrics)).toEqual({ handled: 1, failed: 1 });
    expect(lines()[0]).toMatchObject({ level: 'error', event_id: same.id, err: { message: 'no luck' } });
  });

  test('that fails does not keep others from the event, which they do not take twice', async () => {
    const bus = inProcessBus();
    const handled = { good: 0, bad: 0 };
    await subscribe(async () => void handled.good++, 'good', bus);
    await subscribe(
      async () => {
        if (handled.bad++ === 0) throw new Error('no luck');
      },
      'bad',
      bus,
    );
    const same = event(1);
    await expect(bus.publish(same)).rejects.toThrow();
    await bus.publish(same);
    expect(handled).toEqual({ good: 1, bad: 2 });
  });

  test('reads only what its own definition asks for', async () => {
    const wider = defineEvent(noteWritten.type, z.object({ number: z.int(), added: z.string() }));
    const seen: unknown[] = [];
    const { bus } = await subscribe(async ({ data }) => void seen.push(data));
    await bus.publish({ ...event(1), type: wider.type, data: { number: 1, added: 'later' } });
    expect(seen).toEqual([{ number: 1 }]);
  });

  test('is not asked about other events', async () => {
    const { bus, lines } = await subscribe();
    await bus.publish({ ...event(1), type: 'notes.note.erased.v1' });
    expect(lines()).toEqual([]);
  });

  describe('dead letters', () => {
    const { deadLetters } = notesEvents;
    const letters = () => database.db.select().from(deadLetters);
    const wantBack = () => database.db.update(deadLetters).set({ state: 'REDRIVE' });

    test('an event that fails again and again is one in the end; the bus is done with it, and goes on', async () => {
      const { bus, metrics, lines } = await subscribe(
        async (received, tx) => {
          await addNote(received, tx);
          if (received.data.number === 1) throw new Error('no luck, canary');
        },
        'reader',
        inProcessBus(),
        3,
      );
      const poison = event(1);
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
      await bus.publish(event(2));
      expect(await texts()).toEqual(['2']);
      expect(await outcomes(metrics)).toEqual({ failed: 2, dead_lettered: 1, handled: 1 });
      expect(await metrics.scrape()).toContain('events_dead_letters{consumer="reader",service="reader"} 1');
      expect(lines()[2]).toMatchObject({ level: 'error', reason: 'HANDLER_FAILED', event_id: poison.id });
    });

    test('an event that kills its process each time is one in the end, and is not tried any more', async () => {
      let handle: EventSubscription['handle'] | undefined;
      let begun = 0;
      const healthy = database;
      // What a process leaves behind that dies on the event: its transaction never ends.
      database = { ...healthy, transaction: () => new Promise(() => void begun++) };
      const { metrics } = await subscribe(
        addNote,
        'reader',
        { ...inProcessBus(), subscribe: (to) => (handle = to.handle) },
        3,
      );
      database = healthy;
      const poison = event(1);
      for (const attempt of [1, 2, 3, 4, 5]) {
        // It is given up long after this test.
        handle?.(poison, { attempt }).catch(() => {});
        await until('the attempt', () => begun === attempt);
      }
      expect(await letters()).toMatchObject([{ state: 'RETRYING', attempts: 2, error: null }]);
      await handle?.(poison, { attempt: 6 });
      expect(await letters()).toMatchObject([{ state: 'DEAD', attempts: 3 }]);
      expect(begun).toBe(5);
      expect(await outcomes(metrics)).toEqual({ dead_lettered: 1 });
    });

    test('an event that succeeds after failures is none any more', async () => {
      let failures = 5;
      const { bus } = await subscribe(async (received, tx) => {
        if (failures-- > 0) throw new Error('no luck');
        await addNote(received, tx);
      });
      const same = event(1);
      for (let turn = 0; turn < 5; turn++) await expect(bus.publish(same)).rejects.toThrow();
      await bus.publish(same);
      expect(await letters()).toEqual([]);
      expect(await texts()).toEqual(['1']);
    });

    test('an operator has one tried again: once in vain, then with effect', async () => {
      let broken = true;
      const { bus, redrive } = await subscribe(
        async (received, tx) => {
          if (broken) throw new Error('no luck');
          await addNote(received, tx);
        },
        'reader',
        inProcessBus(),
        1,
      );
      await bus.publish(event(1));
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

    test.each([
      ['data that does not fit', { type: noteWritten.type, data: { number: 'canary' } }, 'INVALID_DATA'],
      ['an unknown version', { type: 'notes.note.written.v9', data: { number: 1 } }, 'UNKNOWN_TYPE'],
    ])('%s is one at once, and none of it is logged', async (_, change, reason) => {
      const { bus, metrics, lines } = await subscribe();
      await bus.publish({ ...event(1), ...change });
      expect(await letters()).toMatchObject([{ state: 'DEAD', reason, attempts: 1, type: change.type }]);
      expect(JSON.stringify(lines())).not.toContain('canary');
      expect(await texts()).toEqual([]);
      expect(await outcomes(metrics)).toEqual({ dead_lettered: 1 });
      await bus.publish(event(2));
      expect(await texts()).toEqual(['2']);
    });

    test('an unknown version is not a value of a label', async () => {
      const { bus, metrics } = await subscribe();
      await bus.publish({ ...event(1), type: 'notes.note.written.v9' });
      expect(await metrics.scrape()).toContain('type="unknown",outcome="dead_lettered"');
    });

    test('a message that is no event is kept as it came, once, and survives being wanted back', async () => {
      const bus = inProcessBus();
      let refuse: ((body: string) => Promise<void>) | undefined;
      const { metrics, redrive } = await subscribe(addNote, 'reader', {
        ...bus,
        subscribe(subscription) {
          refuse = subscription.refuse;
        },
      });
      await refuse?.('{ canary \0');
      await refuse?.('{ canary \0');
      expect(await letters()).toMatchObject([
        { state: 'DEAD', reason: 'MALFORMED', attempts: 2, type: null, body: '{ canary \uFFFD' },
      ]);
      expect(await outcomes(metrics)).toEqual({ dead_lettered: 2 });
      await wantBack();
      await redrive();
      expect(await letters()).toMatchObject([{ state: 'DEAD', attempts: 3 }]);
    });

    test('an outage of the database makes none: the event comes again', async () => {
      let away = true;
      const broken: Database = {
        ...database,
        get db() {
          if (away) throw new Error('the database is away');
          return database.db;
        },
        transaction: (work) => (away ? Promise.reject(new Error('the database is away')) : database.transaction(work)),
      };
      const healthy = database;
      database = broken;
      const { bus } = await subscribe(addNote, 'reader', inProcessBus(), 2);
      database = healthy;
      const same = event(1);
      for (let turn = 0; turn < 3; turn++) await expect(bus.publish(same)).rejects.toThrow();
      away = false;
      await bus.publish(same);
      expect(await letters()).toEqual([]);
      expect(await texts()).toEqual(['1']);
    });

    test('a handler that hangs has failed; when it ends after all, it counts once', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const begun = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const { bus } = await subscribe(async (received, tx) => {
        begun.resolve();
        await released.promise;
        await addNote(received, tx);
      });
      const same = event(1);
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

  test('works in the trace of the request that caused the event, and so does what it says itself', async () => {
    const { tracer } = await createTracing('notes', tracingConfig.parse({}));
    const { bus, lines } = await subscribe(async (_, tx) => {
      await outbox.emit(tx, noteAnswered, 'n', { number: 2 });
      afterCommit(() => {});
    });
    const noteAnswered = defineEvent('notes.note.answered.v1', noteWritten.data);
    const published: CloudEvent[] = [];
    const outbox = notesOutbox(database, async (each) => {
      published.push(each);
      await bus.publish(each);
    });
    const request = startEntrySpan(tracer, 'request', undefined, {});
    const traceId = trace.getSpanContext(request)?.traceId ?? '';
    await context.with(request, () => outbox.write('n', 1));
    await until('the answer', () => published.length === 2);
    expect(published.map(({ traceparent }) => traceparent?.split('-')[1])).toEqual([traceId, traceId]);
    expect(lines()).toMatchObject([{ message: 'event', outcome: 'handled', trace_id: traceId }]);
    await outbox.stop?.();
  });

  test('and a producer with failures, crashes and repetitions between them leave each effect once', async () => {
    const { bus } = await subscribe();
    const attempts = new Map<string, number>();
    const outbox = notesOutbox(database, async (each) => {
      const attempt = (attempts.get(each.id) ?? 0) + 1;
      attempts.set(each.id, attempt);
      if (attempt === 1 && each.data.number % 3 === 0) throw new Error('not taken');
      await bus.publish(each);
      if (attempt <= 2 && each.data.number % 4 === 0) throw new Error('taken, but the acknowledgement is lost');
    });
    for (let number = 10; number < 18; number++) await outbox.write(`n${number % 4}`, number);
    await outbox.start?.();
    await until('all effects', async () => (await texts()).length === 8);
    await until('an empty outbox', async () =>
      (await outbox.metrics.scrape()).includes('outbox_pending{service="notes"} 0'),
    );
    expect(await texts()).toEqual(Array.from({ length: 8 }, (_, index) => `${index + 10}`));
    await outbox.stop?.();
  });
});
