import { context } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { notes, notesEvents, notesFolder } from '../testing/notes/notes.ts';
import { addNote, noteEvent, notesConsumer } from '../testing/notes/notes-consumer.ts';
import { notesOutbox } from '../testing/notes/notes-outbox.ts';
import { recordSpans } from '../testing/recorded-spans.ts';
import { contractBreaches } from '../testing/span-contract.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { until } from '../testing/until.ts';
import { startEntrySpan } from '../tracing/context.ts';
import type { CloudEvent } from './event.ts';
import { createEventOperator } from './event-operator.ts';

const TYPE = 'notes.note.written.v1';
const REQUEST = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const TRACEPARENT = `00-${REQUEST.traceId}-${REQUEST.spanId}-01`;

eachEngine('the spans of an event', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  const { tracer, take } = recordSpans('notes');
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
  });
  beforeEach(async () => {
    take();
    for (const table of [notes, notesEvents.inbox, notesEvents.outbox, notesEvents.deadLetters])
      await database.db.delete(table);
  });
  afterAll(() => cluster.close());

  const attributesOf = (operation: 'send' | 'process', id: string) => ({
    'messaging.system': 'in_process',
    'messaging.operation.type': operation,
    'messaging.operation.name': operation,
    'messaging.destination.name': TYPE,
    'messaging.message.id': id,
    'messaging.delivery.attempt': 1,
  });

  test('are one where it is published, in the trace of who said it, and a linked one where it is handled', async () => {
    const { bus } = await notesConsumer(database, { tracer });
    const published: CloudEvent[] = [];
    const publish = async (event: CloudEvent) => {
      published.push(event);
      await bus.publish(event);
    };
    const outbox = notesOutbox(database, publish, 50, bus, tracer);
    const request = startEntrySpan(tracer, 'request', TRACEPARENT, {});
    await context.with(request, () => outbox.write('n', 1));
    await outbox.idle();
    await outbox.stop?.();
    const [process, send, ...others] = take();
    expect(others).toEqual([]);
    const id = published[0]?.id ?? '';
    expect(send).toMatchObject({ name: `send ${TYPE}`, kind: 'PRODUCER', traceId: REQUEST.traceId, hasFailed: false });
    expect(send?.attributes).toEqual(attributesOf('send', id));
    expect(published[0]?.traceparent).toBe(`00-${REQUEST.traceId}-${send?.spanId}-01`);
    expect(process).toMatchObject({
      name: `process ${TYPE}`,
      kind: 'CONSUMER',
      traceId: REQUEST.traceId,
      parentSpanId: send?.spanId,
      links: [{ traceId: REQUEST.traceId, spanId: send?.spanId }],
      hasFailed: false,
    });
    expect(process?.attributes).toEqual({
      ...attributesOf('process', id),
      'messaging.consumer.group.name': 'reader',
      'messaging.delivery.outcome': 'handled',
    });
    expect(contractBreaches([process, send].filter((span) => span !== undefined))).toEqual([]);
  });

  test('tell of each attempt to publish it', async () => {
    let failures = 1;
    const outbox = notesOutbox(
      database,
      async () => {
        if (failures-- > 0) throw new TypeError('canary');
      },
      20,
      undefined,
      tracer,
    );
    await outbox.start?.();
    await outbox.write('n', 1);
    const spans = await until('two attempts', () => {
      sent.push(...take());
      return sent.length === 2 ? sent : undefined;
    });
    await outbox.stop?.();
    expect(
      spans.map(({ name, hasFailed, attributes }) => [name, hasFailed, attributes['messaging.delivery.attempt']]),
    ).toEqual([
      [`send ${TYPE}`, true, 1],
      [`send ${TYPE}`, false, 2],
    ]);
    expect(spans[0]?.attributes['error.type']).toBe('TypeError');
    expect(JSON.stringify(spans)).not.toContain('canary');
  });
  const sent: ReturnType<typeof take> = [];

  test('tell of repetitions, failures, and the end of all attempts', async () => {
    let works = true;
    const { deliver, redrive } = await notesConsumer(database, {
      tracer,
      maxAttempts: 2,
      async handle(event, tx) {
        if (!works) throw new RangeError('canary');
        await addNote(event, tx);
      },
    });
    const [good, bad] = [noteEvent(1), noteEvent(2)].map((event) => ({ ...event, traceparent: TRACEPARENT }));
    if (good === undefined || bad === undefined) throw new Error('no events');
    await deliver.handle(good, { attempt: 1 });
    await deliver.handle(good, { attempt: 2 });
    works = false;
    await expect(deliver.handle(bad, { attempt: 1 })).rejects.toThrow();
    await deliver.handle(bad, { attempt: 2 });
    works = true;
    expect(await createEventOperator(database).redrive('notes', { eventId: bad.id })).toBe(1);
    await redrive();
    const spans = take();
    expect(spans.every(({ traceId, links }) => traceId === REQUEST.traceId && links.length === 1)).toBe(true);
    expect(
      spans.map(({ hasFailed, attributes }) => [
        attributes['messaging.delivery.attempt'],
        attributes['messaging.delivery.outcome'],
        hasFailed ? attributes['error.type'] : undefined,
        attributes['messaging.delivery.redrive'],
      ]),
    ).toEqual([
      [1, 'handled', undefined, undefined],
      [2, 'repeated', undefined, undefined],
      [1, 'failed', 'RangeError', undefined],
      [2, 'dead_lettered', 'RangeError', undefined],
      [1, 'handled', undefined, true],
    ]);
    expect(contractBreaches(spans)).toEqual([]);
    expect(JSON.stringify(spans)).not.toContain('canary');
  });

  test('name what a consumer cannot read', async () => {
    const { deliver } = await notesConsumer(database, { tracer });
    await deliver.handle({ ...noteEvent(1), type: 'notes.note.written.v9' }, { attempt: 1 });
    await deliver.handle(noteEvent('no number'), { attempt: 1 });
    expect(
      take().map(({ attributes }) => [attributes['messaging.delivery.outcome'], attributes['error.type']]),
    ).toEqual([
      ['dead_lettered', 'UNKNOWN_TYPE'],
      ['dead_lettered', 'EventDataError'],
    ]);
  });

  test('are none where the request is not recorded, and its trace goes on all the same', async () => {
    const unsampled = TRACEPARENT.replace(/01$/, '00');
    const published: CloudEvent[] = [];
    const outbox = notesOutbox(database, async (event) => void published.push(event), 50, undefined, tracer);
    await context.with(startEntrySpan(tracer, 'request', unsampled, {}), () => outbox.write('n', 1));
    await outbox.idle();
    await outbox.stop?.();
    expect(published.map(({ traceparent }) => traceparent)).toEqual([
      expect.stringMatching(`^00-${REQUEST.traceId}-.*-00$`),
    ]);
    expect(take()).toEqual([]);
  });
});
