import { context, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { afterCommit, type Database } from '../database/database.ts';
import { withOperation } from '../log/operation-context.ts';
import { notes, notesEvents, notesFolder, noteWritten } from '../testing/notes/notes.ts';
import { addNote, noteEvent, notesConsumer } from '../testing/notes/notes-consumer.ts';
import { notesOutbox } from '../testing/notes/notes-outbox.ts';
import { silentParts } from '../testing/silent-parts.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { until } from '../testing/until.ts';
import { startEntrySpan } from '../tracing/context.ts';
import { createTracing, tracingConfig } from '../tracing/tracing.ts';
import { type CloudEvent, defineEvent } from './event.ts';
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

  const subscribe = (options?: Parameters<typeof notesConsumer>[1]) => notesConsumer(database, options);
  const texts = async () => (await database.db.select().from(notes)).map(({ text }) => text).sort();

  test('lets an event take effect once, however often it comes', async () => {
    const { bus, outcomes } = await subscribe();
    const events = [noteEvent(1), noteEvent(2)];
    for (const each of [...events, ...events.toReversed(), ...events]) await bus.publish(each);
    expect(await texts()).toEqual(['1', '2']);
    expect(await outcomes()).toEqual({ handled: 2, repeated: 4 });
  });

  test('also when its repetitions come at the same moment', async () => {
    const { bus, outcomes } = await subscribe();
    const same = noteEvent(1);
    await Promise.all(Array.from({ length: 8 }, () => bus.publish(same)));
    expect(await texts()).toEqual(['1']);
    expect(await outcomes()).toEqual({ handled: 1, repeated: 7 });
  });

  test('that fails leaves nothing of the effect, and takes the event when it comes again', async () => {
    let failures = 1;
    const { bus, outcomes, lines } = await subscribe({
      async handle(received, tx) {
        await addNote(received, tx);
        if (failures-- > 0) throw new Error('no luck');
      },
    });
    const same = noteEvent(1);
    await expect(bus.publish(same)).rejects.toThrow('a consumer failed');
    expect(await texts()).toEqual([]);
    await bus.publish(same);
    expect(await texts()).toEqual(['1']);
    expect(await outcomes()).toEqual({ handled: 1, failed: 1 });
    expect(lines()[0]).toMatchObject({ level: 'error', event_id: same.id, err: { message: 'no luck' } });
  });

  test('that fails does not keep others from the event, which they do not take twice', async () => {
    const bus = inProcessBus();
    const handled = { good: 0, bad: 0 };
    await subscribe({ handle: async () => void handled.good++, name: 'good', bus });
    await subscribe({
      async handle() {
        if (handled.bad++ === 0) throw new Error('no luck');
      },
      name: 'bad',
      bus,
    });
    const same = noteEvent(1);
    await expect(bus.publish(same)).rejects.toThrow();
    await bus.publish(same);
    expect(handled).toEqual({ good: 1, bad: 2 });
  });

  test('reads only what its own definition asks for', async () => {
    const wider = defineEvent(noteWritten.type, z.object({ number: z.int(), added: z.string() }));
    const seen: unknown[] = [];
    const { bus } = await subscribe({ handle: async ({ data }) => void seen.push(data) });
    await bus.publish({ ...noteEvent(1), type: wider.type, data: { number: 1, added: 'later' } });
    expect(seen).toEqual([{ number: 1 }]);
  });

  test('is not asked about other events', async () => {
    const { bus, lines } = await subscribe();
    await bus.publish({ ...noteEvent(1), type: 'notes.note.erased.v1' });
    expect(lines()).toEqual([]);
  });

  test('works in the trace of the request that caused the event, and so does what it says itself', async () => {
    const { tracer } = await createTracing('notes', tracingConfig.parse({}), silentParts());
    const { bus, lines } = await subscribe({
      async handle(_, tx) {
        await outbox.emit(tx, noteAnswered, 'n', { number: 2 });
        afterCommit(() => {});
      },
    });
    const noteAnswered = defineEvent('notes.note.answered.v1', noteWritten.data);
    const published: CloudEvent[] = [];
    const outbox = notesOutbox(database, async (each) => {
      published.push(each);
      await bus.publish(each);
    });
    const request = startEntrySpan(tracer, 'request', undefined, {});
    const traceId = trace.getSpanContext(request)?.traceId ?? '';
    const operation = { requestId: 'r', fields: { operation: 'PlaceOrder' } };
    await context.with(withOperation(request, operation), () => outbox.write('n', 1));
    await until('the answer', () => published.length === 2);
    expect(published.map(({ traceparent }) => traceparent?.split('-')[1])).toEqual([traceId, traceId]);
    expect(lines()).toMatchObject([{ message: 'event', outcome: 'handled', trace_id: traceId }]);
    // It is nobody's operation any more.
    for (const name of ['request_id', 'operation']) expect(lines()[0]).not.toHaveProperty(name);
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
