import { pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { defineEvent } from '../../events/event.ts';
import { eventTables } from '../../events/event-tables.ts';

/** A service of nothing but notes, for service-kit's own tests: its folder, its tables, its event. */
export const notesFolder = new URL('./', import.meta.url);

const notesSchema = pgSchema('notes');

export const notes = notesSchema.table('notes', { id: uuid('id').primaryKey(), text: text('text').notNull().unique() });

export const notesEvents = eventTables(notesSchema);

export const noteWritten = defineEvent('notes.note.written.v1', z.object({ number: z.int() }));
