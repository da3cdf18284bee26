import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { jsonSchemaCheck } from '../testing/json-schema-check.ts';
import { notesFolder, noteWritten } from '../testing/notes/notes.ts';
import { notesOutbox } from '../testing/notes/notes-outbox.ts';
import { eachEngine, type TestDatabase } from '../testing/test-database.ts';
import { type CloudEvent, defineEvent } from './event.ts';
import { acceptedSchema, publishedSchema } from './event-schema.ts';

/**
 * The context attributes of a CloudEvent and their limits, as the specification's JSON format has them
 * (CloudEvents 1.0.2, sections "Required Attributes" and "Optional Attributes").
 */
const cloudEvents = jsonSchemaCheck({
  type: 'object',
  required: ['id', 'source', 'specversion', 'type'],
  propertyNames: { pattern: '^[a-z0-9]+$|^data_base64$' },
  properties: {
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1, format: 'uri-reference' },
    specversion: { const: '1.0' },
    type: { type: 'string', minLength: 1 },
    subject: { type: 'string', minLength: 1 },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { type: 'string', minLength: 1 },
    dataschema: { type: 'string', minLength: 1, format: 'uri' },
  },
});

const published = { subject: 'number', description: 'Somebody wrote a note.' };
const schema = publishedSchema({ ...noteWritten, published }, 'notes', ['readers']);

eachEngine('an event of the outbox', (open) => {
  let cluster: TestDatabase;
  let database: Database;
  let event: CloudEvent;
  beforeAll(async () => {
    cluster = await open();
    database = await cluster.open('notes', notesFolder);
    const events: CloudEvent[] = [];
    const outbox = notesOutbox(database, async (said) => void events.push(said));
    await outbox.write('1', 1);
    await outbox.idle();
    await outbox.stop?.();
    event = events[0] as CloudEvent;
  });
  afterAll(() => cluster.close());

  test('is a CloudEvent, and what is published of its type', async () => {
    for (const check of [cloudEvents, jsonSchemaCheck(schema)]) {
      expect(await check(event)).toBeUndefined();
      const traced = { ...event, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      expect(await check(traced)).toBeUndefined();
    }
  });

  test.each<[string, (event: CloudEvent) => unknown]>([
    ['no id', ({ id: _, ...event }) => event],
    ['another version of the envelope', (event) => ({ ...event, specversion: '0.3' })],
    ['no subject', ({ subject: _, ...event }) => event],
    ['another type', (event) => ({ ...event, type: 'notes.note.written.v2' })],
    ['another source', (event) => ({ ...event, source: '/orders' })],
    ['a time of its own making', (event) => ({ ...event, time: 'yesterday' })],
    ['a trace that is none', (event) => ({ ...event, traceparent: 'x' })],
    ['no data', ({ data: _, ...event }) => event],
    ['data of another shape', (event) => ({ ...event, data: { number: 1.5 } })],
  ])('with %s is not', async (_, change) => {
    expect(await jsonSchemaCheck(schema)(change(event))).toMatch(/^body/);
  });

  test('may say more later', async () => {
    expect(await jsonSchemaCheck(schema)({ ...event, data: { number: 1, mood: 'glad' } })).toBeUndefined();
  });
});

test('what is published names the field of the subject, the producer, the consumers and the meaning', () => {
  expect(schema).toMatchObject({
    title: 'notes.note.written.v1',
    description: 'Somebody wrote a note.',
    'x-producer': 'notes',
    'x-consumers': ['readers'],
    properties: { subject: { description: expect.stringMatching(/^The value of data\.number\./) } },
  });
});

test('a default is filled in by who reads, and promised by who writes', () => {
  const definition = defineEvent('notes.note.counted.v1', z.object({ times: z.int().default(1) }), {
    subject: 'times',
    description: 'A note was counted.',
  });
  expect(acceptedSchema(definition)).not.toHaveProperty('required');
  expect(publishedSchema(definition, 'notes', [])).toHaveProperty('properties.data.required', ['times']);
});

test.each<[string, z.ZodType]>([
  ['a refinement', z.object({ number: z.int().refine((number) => number % 2 === 0) })],
  ['a refinement of the whole', z.object({ number: z.int() }).refine(({ number }) => number > 0)],
  ['a date', z.object({ at: z.date() })],
])('%s is no promise that JSON Schema can make', (_, data) => {
  const definition = { type: 'notes.note.bent.v1', data, published };
  expect(() => publishedSchema(definition, 'notes', [])).toThrow();
  expect(() => acceptedSchema(definition)).toThrow();
});
