import { sql } from 'drizzle-orm';
import {
  bigserial,
  index,
  integer,
  jsonb,
  type PgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

const time = (name: string) => timestamp(name, { withTimezone: true });

export const DEAD_LETTER_REASONS = [
  /** Its handler failed each time. */
  'HANDLER_FAILED',
  /** Its data does not fit the schema by which the consumer reads it. */
  'INVALID_DATA',
  /** A type, or a version of one, that the consumer does not know. */
  'UNKNOWN_TYPE',
  /** No CloudEvent at all. */
  'MALFORMED',
] as const;

export const DEAD_LETTER_STATES = [
  /** Still tried again by the bus. */
  'RETRYING',
  /** Given up; waits for an operator. */
  'DEAD',
  /** An operator wants it tried once more. */
  'REDRIVE',
] as const;

/** The tables by which a service sends and receives events; part of its `tables.ts`, in its own schema. */
export function eventTables(schema: PgSchema) {
  return {
    /** What the service says, written in the transaction that made it true. `seq` orders the events of one subject. */
    outbox: schema.table(
      'outbox',
      {
        seq: bigserial('seq', { mode: 'number' }).primaryKey(),
        id: uuid('id').notNull().unique(),
        type: text('type').notNull(),
        subject: text('subject').notNull(),
        data: jsonb('data').notNull(),
        traceparent: text('traceparent'),
        time: time('time').notNull().defaultNow(),
        attempts: integer('attempts').notNull().default(0),
        /** Until then the row belongs to the relay that took it, or waits for its next attempt. */
        leasedUntil: time('leased_until'),
        publishedAt: time('published_at'),
      },
      (table) => [
        index('outbox_pending').on(table.seq).where(sql`published_at is null`),
        index('outbox_subject_pending').on(table.subject, table.seq).where(sql`published_at is null`),
      ],
    ),
    /** What the service has heard: one row for each event and consumer, in the transaction of its effect. */
    inbox: schema.table(
      'inbox',
      {
        consumer: text('consumer').notNull(),
        eventId: uuid('event_id').notNull(),
        handledAt: time('handled_at').notNull().defaultNow(),
      },
      (table) => [primaryKey({ columns: [table.consumer, table.eventId] })],
    ),
    /** What could not be handled, as it came. A row goes when its event takes effect after all. */
    deadLetters: schema.table(
      'dead_letters',
      {
        consumer: text('consumer').notNull(),
        /** Of a message that has none: made from its bytes. */
        eventId: uuid('event_id').notNull(),
        state: text('state', { enum: DEAD_LETTER_STATES }).notNull(),
        reason: text('reason', { enum: DEAD_LETTER_REASONS }).notNull(),
        /** Type and code of the last error, never its message. */
        error: text('error'),
        attempts: integer('attempts').notNull().default(1),
        /** Null where the message has none. */
        type: text('type'),
        /** The message: the event in the CloudEvents JSON format, or whatever came. */
        body: text('body').notNull(),
        firstFailedAt: time('first_failed_at').notNull().defaultNow(),
        lastFailedAt: time('last_failed_at').notNull().defaultNow(),
      },
      (table) => [primaryKey({ columns: [table.consumer, table.eventId] })],
    ),
  };
}

export type EventTables = ReturnType<typeof eventTables>;
