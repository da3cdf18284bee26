import { and, asc, eq, getTableColumns, gte, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { pgSchema } from 'drizzle-orm/pg-core';
import type { Database } from '../database/database.ts';
import { type DeadLetter, isStuck, waitsForOperator } from './dead-letters.ts';
import { type EventTables, eventTables } from './event-tables.ts';

/** Which dead letters; everything that is given must fit. */
export interface LetterFilter {
  eventId?: string | undefined;
  type?: string | undefined;
}

/** Which events of an outbox; everything that is given must fit. */
export interface ReplayFilter extends LetterFilter {
  subject?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
}

/** A dead letter as an operator sees it. */
export interface ListedLetter extends Omit<DeadLetter, 'state'> {
  /** `STUCK`: it was to be tried again, but has not come for minutes; it can be redriven and discarded like a dead one. */
  state: DeadLetter['state'] | 'STUCK';
}

/** What a person does about events that went wrong, on the database alone: the services need not be there. */
export interface EventOperator {
  /** Services whose events this database holds and this role may see. */
  services(): Promise<string[]>;
  /** Oldest first. */
  deadLetters(service: string, filter: LetterFilter): Promise<ListedLetter[]>;
  /** Has the consumer try once more those that nobody else will; it does so within seconds. Gives how many. */
  redrive(service: string, filter: LetterFilter): Promise<number>;
  /** Forgets letters that nothing will ever handle. Gives how many. */
  discard(service: string, filter: LetterFilter): Promise<number>;
  /**
   * Has the service publish events of its outbox again, in their order; consumers that know one ignore it. For a broker
   * that lost its data, and for consumers that are new. Gives how many.
   */
  replay(service: string, filter: ReplayFilter): Promise<number>;
}

export function createEventOperator({ db }: Pick<Database, 'db'>): EventOperator {
  return {
    async services() {
      const found = await db.execute<{ name: string }>(
        sql`select table_schema as name from information_schema.tables where table_name = 'dead_letters' order by 1`,
      );
      return (found as unknown as { rows: { name: string }[] }).rows.map(({ name }) => name);
    },
    deadLetters(service, filter) {
      const { deadLetters } = tablesOf(service);
      const state = sql<
        ListedLetter['state']
      >`case when ${isStuck(deadLetters)} then 'STUCK' else ${deadLetters.state} end`;
      return db
        .select({ ...getTableColumns(deadLetters), state })
        .from(deadLetters)
        .where(fitting(deadLetters, filter))
        .orderBy(asc(deadLetters.firstFailedAt), asc(deadLetters.eventId));
    },
    async redrive(service, filter) {
      const { deadLetters } = tablesOf(service);
      const wanted = await db
        .update(deadLetters)
        .set({ state: 'REDRIVE' })
        .where(and(waitsForOperator(deadLetters), fitting(deadLetters, filter)))
        .returning({ id: deadLetters.eventId });
      return wanted.length;
    },
    async discard(service, filter) {
      const { deadLetters } = tablesOf(service);
      const gone = await db
        .delete(deadLetters)
        .where(and(waitsForOperator(deadLetters), fitting(deadLetters, filter)))
        .returning({ id: deadLetters.eventId });
      return gone.length;
    },
    async replay(service, { eventId, type, subject, since, until }) {
      const { outbox } = tablesOf(service);
      const again = await db
        .update(outbox)
        .set({ publishedAt: null, leasedUntil: null, attempts: 0 })
        .where(
          and(
            isNotNull(outbox.publishedAt),
            optional(eventId, (value) => eq(outbox.id, value)),
            optional(type, (value) => eq(outbox.type, value)),
            optional(subject, (value) => eq(outbox.subject, value)),
            optional(since, (value) => gte(outbox.time, value)),
            optional(until, (value) => lt(outbox.time, value)),
          ),
        )
        .returning({ id: outbox.id });
      await db.execute(sql`select pg_notify(${`${service}_outbox`}, '')`);
      return again.length;
    },
  };
}

const tablesOf = (service: string): EventTables => eventTables(pgSchema(service));

const optional = <T>(value: T | undefined, condition: (value: T) => SQL): SQL | undefined =>
  value === undefined ? undefined : condition(value);

const fitting = (table: EventTables['deadLetters'], { eventId, type }: LetterFilter): SQL | undefined =>
  and(
    optional(eventId, (value) => eq(table.eventId, value)),
    // What is no event has no type: `--type none` finds it.
    optional(type, (value) => (value === 'none' ? isNull(table.type) : eq(table.type, value))),
  );
