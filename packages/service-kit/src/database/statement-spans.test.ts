import { fileURLToPath } from 'node:url';
import { context, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../http/new-id.ts';
import { notes, notesFolder } from '../testing/notes/notes.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { enableContextPropagation, startEntrySpan } from '../tracing/context.ts';
import { inSpan } from '../tracing/tracing.ts';
import type { Database } from './database.ts';

eachEngine('statements of a recorded request', (open) => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('notes');
  let cluster: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    enableContextPropagation();
    cluster = await open();
    const migrationsFolder = fileURLToPath(new URL('migrations', notesFolder));
    database = cluster.openUnmigrated({ service: 'notes', migrationsFolder, tracer });
    await database.migrate();
  });
  beforeEach(() => exporter.reset());
  afterAll(async () => {
    await database.stop?.();
    await cluster.close();
  });

  const request = async (work: () => Promise<unknown>) => {
    // Drizzle's statements begin when they are waited for.
    await inSpan(tracer, 'request', {}, async () => await work());
    const spans = exporter.getFinishedSpans();
    const entry = spans.find(({ name }) => name === 'request');
    const own = spans.filter((span) => span !== entry);
    for (const span of own) {
      expect(span.parentSpanContext?.spanId).toBe(entry?.spanContext().spanId);
      expect(span.kind).toBe(SpanKind.CLIENT);
    }
    return own;
  };

  test('are spans of it, with their text and without values', async () => {
    const [span, ...others] = await request(() => database.db.select().from(notes).where(eq(notes.text, 'secret')));
    expect(others).toEqual([]);
    expect(span?.name).toBe('SELECT notes.notes');
    expect(span?.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'notes.notes',
      'db.query.summary': 'SELECT notes.notes',
      'db.query.text': expect.stringMatching(/^select .* from "notes"\."notes" where .*\$1/),
    });
    expect(JSON.stringify(span?.attributes)).not.toContain('secret');
  });

  test('of a transaction are too', async () => {
    const note = { id: newId(), text: 'secret' };
    const spans = await request(() =>
      database.transaction(async (tx) => {
        await tx.insert(notes).values(note);
        await tx.update(notes).set({ text: 'other' });
      }),
    );
    const names = spans.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['INSERT notes.notes', 'UPDATE notes.notes']));
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toMatch(/secret|other/);
  });

  test('that fail say so by their code, and by nothing that the database said', async () => {
    const note = { id: newId(), text: 'secret' };
    await database.db.insert(notes).values(note);
    const [span] = await request(() => expect(database.db.insert(notes).values(note)).rejects.toThrow());
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'db.response.status_code': '23505', 'error.type': expect.any(String) },
    });
    expect(JSON.stringify([span?.attributes, span?.status, span?.events])).not.toContain(note.id);
  });

  test('are none where nobody asked for a trace, and where the caller decided against it', async () => {
    await database.db.select().from(notes);
    const unsampled = startEntrySpan(
      provider.getTracer('x'),
      'request',
      `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`,
      {},
    );
    expect(exporter.getFinishedSpans()).toEqual([]);
    await context.with(unsampled, async () => await database.db.select().from(notes));
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
