import { type Db, newId } from '@tributary/service-kit';
import { and, count, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, max, or, type SQL, sql } from 'drizzle-orm';
import { reconciliationDifferences, reconciliationResolutions, reconciliationRuns } from '../tables.ts';

export type ReconciliationRunRow = typeof reconciliationRuns.$inferSelect;
export type DifferenceRow = typeof reconciliationDifferences.$inferSelect;
/** What a run finds. */
export type Difference = Omit<DifferenceRow, 'id' | 'runId' | 'foundAt'>;

/**
 * Begins the run of this turn of the clock; undefined when it was begun before, here or by another instance.
 *
 * @param everyMs how long a turn is
 * @param windowMs how far back the run looks
 * @param reachMs how far back it looks from the last run that came to its end, if that is further: after runs that have
 * failed, what they have not looked at
 */
export async function beginRun(
  db: Db,
  { everyMs, windowMs, reachMs }: { everyMs: number; windowMs: number; reachMs: number },
): Promise<ReconciliationRunRow | undefined> {
  const milliseconds = (ms: number) => sql`${ms} * interval '1 millisecond'`;
  const lastStart = db
    .select({ at: max(reconciliationRuns.startedAt) })
    .from(reconciliationRuns)
    .where(isNotNull(reconciliationRuns.finishedAt));
  const [begun] = await db
    .insert(reconciliationRuns)
    .values({
      id: newId(),
      slot: sql`date_bin(${milliseconds(everyMs)}, now(), timestamptz '2000-01-01 00:00:00Z')`,
      since: sql`least(now() - ${milliseconds(windowMs)}, (${lastStart}) - ${milliseconds(reachMs)})`,
    })
    .onConflictDoNothing({ target: reconciliationRuns.slot })
    .returning();
  return begun;
}

/** Until the transaction ends, no other run records what it has found. */
export async function lockFindings(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('payments reconciliation'))`);
}

export async function endRun(tx: Db, id: string, entries: number): Promise<void> {
  await tx.update(reconciliationRuns).set({ finishedAt: sql`now()`, entries }).where(eq(reconciliationRuns.id, id));
}

/** The newest run that came to its end. */
export async function findLastRun(db: Db): Promise<ReconciliationRunRow | undefined> {
  const [run] = await db
    .select()
    .from(reconciliationRuns)
    .where(isNotNull(reconciliationRuns.finishedAt))
    .orderBy(desc(reconciliationRuns.slot))
    .limit(1);
  return run;
}

const open = isNull(reconciliationResolutions.differenceId);
const onResolution = eq(reconciliationResolutions.differenceId, reconciliationDifferences.id);

async function selectOpen(db: Db, condition: SQL | undefined, limit: number): Promise<DifferenceRow[]> {
  const rows = await db
    .select({ difference: reconciliationDifferences })
    .from(reconciliationDifferences)
    .leftJoin(reconciliationResolutions, onResolution)
    .where(and(open, condition))
    .orderBy(desc(reconciliationDifferences.id))
    .limit(limit);
  return rows.map(({ difference }) => difference);
}

/** Newest first. */
export const listOpenDifferences = (
  db: Db,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<DifferenceRow[]> =>
  selectOpen(db, after === undefined ? undefined : lt(reconciliationDifferences.id, after), limit);

export const findOpenDifferences = (db: Db, keys: readonly string[], limit: number): Promise<DifferenceRow[]> =>
  selectOpen(db, inArray(reconciliationDifferences.key, [...keys]), limit);

/** Open ones that a run of that time has looked for: of what came about in it, and of reversed refunds, however old. */
export const listOpenDifferencesOf = (
  db: Db,
  { from, until }: { from: Date; until: Date },
  limit: number,
): Promise<DifferenceRow[]> =>
  selectOpen(
    db,
    and(
      lte(reconciliationDifferences.at, until),
      or(gte(reconciliationDifferences.at, from), eq(reconciliationDifferences.kind, 'REFUND_REVERSED')),
    ),
    limit,
  );

export const countOpenDifferences = (db: Db): Promise<{ kind: DifferenceRow['kind']; total: number }[]> =>
  db
    .select({ kind: reconciliationDifferences.kind, total: count() })
    .from(reconciliationDifferences)
    .leftJoin(reconciliationResolutions, onResolution)
    .where(open)
    .groupBy(reconciliationDifferences.kind);

export async function insertDifferences(tx: Db, runId: string, found: readonly Difference[]): Promise<void> {
  if (found.length === 0) return;
  await tx.insert(reconciliationDifferences).values(found.map((difference) => ({ ...difference, id: newId(), runId })));
}

export async function insertResolutions(tx: Db, runId: string, gone: readonly DifferenceRow[]): Promise<void> {
  if (gone.length === 0) return;
  await tx.insert(reconciliationResolutions).values(gone.map(({ id }) => ({ differenceId: id, runId })));
}
