import { createHash } from 'node:crypto';
import { and, asc, eq, ne, or, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Database } from '../database/database.ts';
import { errorFields } from '../log/error-fields.ts';
import type { DEAD_LETTER_REASONS, EventTables } from './event-tables.ts';

export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];
export type DeadLetter = EventTables['deadLetters']['$inferSelect'];

/** What a dead letter is about: an event, or a message that is none. */
export interface Message {
  eventId: string;
  /** Null where the message has none. */
  type: string | null;
  body: string;
}

export interface Failure {
  reason: DeadLetterReason;
  /** Without one, the one before stays. */
  error?: unknown;
  /** `begin` has counted the attempt already. */
  isCounted: boolean;
}

/** What a consumer could not handle: still tried again, given up, or wanted back by an operator. */
export interface DeadLetters {
  /**
   * Counts an attempt before it begins, for an event that may be what kills its process. It may begin where this gives
   * `RETRYING`. `DEAD`: it was given up, or had `maxAttempts` attempts. `REDRIVE`: it is `claim` that gives it.
   */
  begin(message: Message): Promise<DeadLetter['state']>;
  /**
   * Keeps a failure, in a statement of its own. `DEAD` after `maxAttempts` attempts, and at once where trying again
   * cannot help.
   */
  record(message: Message, failure: Failure): Promise<DeadLetter['state']>;
  /**
   * The oldest of those that an operator wants to be tried once more. It is `DEAD` from then on, until it succeeds: one
   * process tries it, and once, also when the process dies of it.
   */
  claim(): Promise<DeadLetter | undefined>;
  /** How many wait for an operator. */
  count(): Promise<number>;
}

interface Options {
  consumer: string;
  database: Database;
  table: Table;
  maxAttempts: number;
}

type Table = EventTables['deadLetters'];

/**
 * To be tried again, but nothing has come for longer than any wait between two attempts: the broker has lost it, or is
 * away.
 */
export const isStuck = (table: Table) =>
  sql<boolean>`(${table.state} = 'RETRYING' and ${table.lastFailedAt} < now() - interval '5 minutes')`;

/** Nobody tries it again unless an operator says so. */
export const waitsForOperator = (table: Table) => or(ne(table.state, 'RETRYING'), isStuck(table));

export function createDeadLetters({ consumer, database, table, maxAttempts }: Options): DeadLetters {
  const ofConsumer = eq(table.consumer, consumer);
  const isRetrying = sql`${table.state} = 'RETRYING'`;

  async function upsert(row: typeof table.$inferInsert, set: PgUpdateSetSource<Table>): Promise<DeadLetter['state']> {
    const [kept] = await database.db
      .insert(table)
      .values(row)
      .onConflictDoUpdate({ target: [table.consumer, table.eventId], set: { ...set, lastFailedAt: sql`now()` } })
      .returning({ state: table.state });
    if (kept === undefined) throw new Error('the insert returned no row');
    return kept.state;
  }

  return {
    begin: (message) =>
      upsert(
        { ...message, consumer, reason: 'HANDLER_FAILED', state: 'RETRYING' },
        {
          attempts: sql`${table.attempts} + (${isRetrying} and ${table.attempts} < ${maxAttempts})::int`,
          state: sql`case when ${isRetrying} and ${table.attempts} >= ${maxAttempts} then 'DEAD' else ${table.state} end`,
        },
      ),
    record(message, { reason, error, isCounted }) {
      const mayHelp = reason === 'HANDLER_FAILED';
      const name = error === undefined ? null : nameOf(error);
      const attempts = isCounted ? sql`${table.attempts}` : sql`${table.attempts} + 1`;
      return upsert(
        { ...message, consumer, reason, error: name, state: mayHelp && maxAttempts > 1 ? 'RETRYING' : 'DEAD' },
        {
          reason,
          error: sql`coalesce(${name}, ${table.error})`,
          attempts,
          state: mayHelp
            ? sql`case when ${isRetrying} and ${attempts} < ${maxAttempts} then 'RETRYING' else 'DEAD' end`
            : 'DEAD',
        },
      );
    },
    async claim() {
      const oldest = database.db
        .select({ eventId: table.eventId })
        .from(table)
        .where(and(ofConsumer, eq(table.state, 'REDRIVE')))
        .orderBy(asc(table.firstFailedAt))
        .limit(1)
        .for('update', { skipLocked: true });
      const [letter] = await database.db
        .update(table)
        .set({ state: 'DEAD' })
        .where(and(ofConsumer, eq(table.eventId, oldest)))
        .returning();
      return letter;
    },
    async count() {
      return database.db.$count(table, and(ofConsumer, waitsForOperator(table)));
    },
  };
}

/** An id for a message that has none, the same each time that it comes: a UUIDv8 (RFC 9562) of its SHA-256. */
export function idOfMessage(body: string): string {
  const hash = createHash('sha256').update(body).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** Type and code of an error and of what caused it; messages may quote data. */
function nameOf(error: unknown): string {
  const { type, code, cause } = errorFields(error);
  const inner = cause === undefined ? '' : ` < ${[cause.type, cause.code].filter(Boolean).join(' ')}`;
  return [type, code].filter(Boolean).join(' ') + inner;
}
