import { createHash } from 'node:crypto';
import { and, asc, count, eq, ne, sql } from 'drizzle-orm';
import type { Database } from '../database/database.ts';
import { errorFields } from '../log/error-fields.ts';
import type { DEAD_LETTER_REASONS, EventTables } from './event-tables.ts';

export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];
export type DeadLetter = EventTables['deadLetters']['$inferSelect'];

/** What a consumer could not handle: still tried again, given up, or wanted back by an operator. */
export interface DeadLetters {
  /**
   * Counts one more failure of a message, in a statement of its own. `DEAD` once it has failed `maxAttempts` times, and
   * at once where trying again cannot help. Without an error, the one before stays.
   */
  record(failure: {
    eventId: string;
    type: string | null;
    body: string;
    reason: DeadLetterReason;
    error?: unknown;
  }): Promise<DeadLetter['state']>;
  /** Those that an operator wants to be tried once more, oldest first. */
  wanted(limit: number): Promise<DeadLetter[]>;
  /** How many wait for an operator. */
  count(): Promise<number>;
}

interface Options {
  consumer: string;
  database: Database;
  table: EventTables['deadLetters'];
  maxAttempts: number;
}

export function createDeadLetters({ consumer, database, table, maxAttempts }: Options): DeadLetters {
  const ofConsumer = eq(table.consumer, consumer);
  return {
    async record({ eventId, type, body, reason, error }) {
      const mayHelp = reason === 'HANDLER_FAILED';
      const name = error === undefined ? null : nameOf(error);
      const [row] = await database.db
        .insert(table)
        .values({
          consumer,
          eventId,
          type,
          body,
          reason,
          error: name,
          state: mayHelp && maxAttempts > 1 ? 'RETRYING' : 'DEAD',
        })
        .onConflictDoUpdate({
          target: [table.consumer, table.eventId],
          set: {
            reason,
            error: sql`coalesce(${name}, ${table.error})`,
            attempts: sql`${table.attempts} + 1`,
            lastFailedAt: sql`now()`,
            state: mayHelp
              ? sql`case when ${table.state} = 'RETRYING' and ${table.attempts} + 1 < ${maxAttempts} then 'RETRYING' else 'DEAD' end`
              : 'DEAD',
          },
        })
        .returning({ state: table.state });
      if (row === undefined) throw new Error('the insert returned no row');
      return row.state;
    },
    wanted: (limit) =>
      database.db
        .select()
        .from(table)
        .where(and(ofConsumer, eq(table.state, 'REDRIVE')))
        .orderBy(asc(table.firstFailedAt))
        .limit(limit),
    async count() {
      const rows = await database.db
        .select({ letters: count() })
        .from(table)
        .where(and(ofConsumer, ne(table.state, 'RETRYING')));
      return rows[0]?.letters ?? 0;
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
