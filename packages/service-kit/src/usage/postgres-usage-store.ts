import { and, gte, lt, max, min, sql } from 'drizzle-orm';
import type { Database } from '../database/database.ts';
import { hourOf } from './hour-of.ts';
import type { UsageBucket, UsageTotal } from './usage-bucket.ts';
import { type UsageStore, UsageUnreadableError, type UsageWindow } from './usage-store.ts';
import { counts } from './usage-tables.ts';

/** Rows that one statement writes, or deletes, at most: about a megabyte. */
const BATCH = 5000;

/** SQLSTATE: no such schema, no such table. */
const ABSENT = ['3F000', '42P01'];

/**
 * Usage in `usage.counts` of a PostgreSQL, or of PGlite. The first write of a process applies missing migrations; reading
 * changes nothing.
 */
export class PostgresUsageStore implements UsageStore {
  readonly #database: Database;
  #migrated: Promise<void> | undefined;

  /** @param database of the service `usage`; closed with the store. */
  constructor(database: Database) {
    this.#database = database;
  }

  async write(buckets: readonly UsageBucket[]): Promise<void> {
    await this.#migrate();
    const rows = rowsOf(buckets);
    await this.#database.transaction(async (tx) => {
      for (let at = 0; at < rows.length; at += BATCH) await tx.execute(addition(rows.slice(at, at + BATCH)));
    });
  }

  async read({ since, until }: UsageWindow): Promise<UsageTotal[]> {
    const { line, client, version, operation, document, coordinate, count, hour } = counts;
    const who = { line, client, version, document, coordinate };
    const rows = await this.#database.db
      .select({
        ...who,
        operation: min(operation),
        count: sql<number>`sum(${count})`.mapWith(Number),
        first: min(hour),
        last: max(hour),
      })
      .from(counts)
      .where(and(gte(hour, hourOf(since)), lt(hour, until)))
      .groupBy(line, client, version, document, coordinate)
      .catch((error: unknown) => {
        throw unreadable(error);
      });
    return rows as UsageTotal[];
  }

  async prune(before: Date): Promise<void> {
    await this.#migrate();
    const { db } = this.#database;
    const old = db
      .select({ row: sql`ctid` })
      .from(counts)
      .where(lt(counts.hour, hourOf(before)))
      .limit(BATCH);
    for (;;) {
      const removed = await db.delete(counts).where(sql`ctid = any(array(${old}))`).returning({ hour: counts.hour });
      if (removed.length < BATCH) return;
    }
  }

  async close(): Promise<void> {
    await this.#database.stop?.();
  }

  #migrate(): Promise<void> {
    this.#migrated ??= this.#database.migrate().catch((error) => {
      this.#migrated = undefined;
      throw error;
    });
    return this.#migrated;
  }
}

type Row = typeof counts.$inferInsert;

/** In the order of their key, in which every process locks them: two that write the same rows do not block each other. */
function rowsOf(buckets: readonly UsageBucket[]): Row[] {
  const rows = buckets.flatMap(({ coordinates, ...who }) =>
    Array.from(coordinates, ([coordinate, count]) => ({ ...who, coordinate, count })),
  );
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ row }) => row);
}

const keyOf = ({ hour, line, client, version, document, coordinate }: Row) =>
  [hour.getTime(), line, client, version, document, coordinate].join('\0');

/** One parameter, however many rows: a statement has at most 65 535, and drizzle takes its time for each. */
const addition = (rows: readonly Row[]) => sql`
  insert into ${counts} as kept (hour, line, client, version, operation, document, coordinate, count)
  select hour, line, client, version, min(operation), document, coordinate, sum(count)
  from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as added(
    hour timestamptz, line text, client text, version text, operation text, document text, coordinate text, count bigint
  )
  group by hour, line, client, version, document, coordinate
  order by hour, line collate "C", client collate "C", version collate "C", document collate "C", coordinate collate "C"
  on conflict (hour, line, client, version, document, coordinate) do update set count = kept.count + excluded.count`;

/** Drizzle's error has the driver's as its cause; both quote SQL or addresses, so the code is all that is told. */
function unreadable(error: unknown): UsageUnreadableError {
  const { code } = ((error as Error).cause ?? error) as { code?: string };
  const message =
    code !== undefined && ABSENT.includes(code)
      ? 'The database has no table usage.counts: no gateway has written usage there.'
      : `The database with the usage cannot be read (${code ?? 'no answer'}).`;
  return new UsageUnreadableError(message, { cause: error });
}
