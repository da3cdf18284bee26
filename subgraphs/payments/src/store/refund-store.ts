import type { Db } from '@tributary/service-kit';
import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import { type RefundAnswer, refunds } from '../tables.ts';
import { fromNow } from './from-now.ts';

export type RefundRow = typeof refunds.$inferSelect;

const MAX_LISTED = 100;

/** The newest of each payment, at most 100, newest first. */
export async function listRefundsOfPayments(db: Db, paymentIds: readonly string[]): Promise<RefundRow[]> {
  const asked = sql.join(
    paymentIds.map((id) => sql`(${id}::uuid)`),
    sql`, `,
  );
  const theirs = db
    .select()
    .from(refunds)
    .where(sql`${refunds.paymentId} = payment.id`)
    .orderBy(desc(refunds.id))
    .limit(MAX_LISTED)
    .as('theirs');
  const rows = await db.select().from(sql`(values ${asked}) as payment(id)`).crossJoinLateral(theirs);
  return rows.map((row) => row.theirs).sort((a, b) => (a.id < b.id ? 1 : -1));
}

export async function findRefundByKey(db: Db, idempotencyKey: string): Promise<RefundRow | undefined> {
  const [row] = await db.select().from(refunds).where(eq(refunds.idempotencyKey, idempotencyKey));
  return row;
}

/** Writes a new refund, due at once; undefined when the key has been used. */
export async function insertRefund(
  tx: Db,
  row: Omit<typeof refunds.$inferInsert, 'status' | 'taskDueAt'>,
): Promise<RefundRow | undefined> {
  const [inserted] = await tx
    .insert(refunds)
    .values({ ...row, status: 'PENDING', taskDueAt: sql`now()` })
    .onConflictDoNothing({ target: refunds.idempotencyKey })
    .returning();
  return inserted;
}

/** Ends a refund that is pending; undefined when it is not. */
export async function endRefund(tx: Db, id: string, status: 'SUCCEEDED' | 'FAILED'): Promise<RefundRow | undefined> {
  const [ended] = await tx
    .update(refunds)
    .set({ status, taskDueAt: null })
    .where(and(eq(refunds.id, id), eq(refunds.status, 'PENDING')))
    .returning();
  return ended;
}

/** Fails a refund that was paid; undefined when it is not one. */
export async function failPaidRefund(tx: Db, id: string): Promise<RefundRow | undefined> {
  const [failed] = await tx
    .update(refunds)
    .set({ status: 'FAILED' })
    .where(and(eq(refunds.id, id), eq(refunds.status, 'SUCCEEDED')))
    .returning();
  return failed;
}

/** Keeps what was answered to the request for a refund. */
export async function setRefundAnswer(tx: Db, id: string, answer: RefundAnswer): Promise<void> {
  await tx.update(refunds).set({ answer }).where(eq(refunds.id, id));
}

/** Newest first. */
export const findRefunds = (db: Db, ids: readonly string[]): Promise<RefundRow[]> =>
  db
    .select()
    .from(refunds)
    .where(inArray(refunds.id, [...ids]))
    .orderBy(desc(refunds.id));

export async function hasRefund(db: Db, id: string): Promise<boolean> {
  return (await db.select({ id: refunds.id }).from(refunds).where(eq(refunds.id, id))).length > 0;
}

/** Takes the refunds that are due; each is the caller's until `leaseMs` have passed. */
export async function leaseRefunds(db: Db, limit: number, leaseMs: number): Promise<RefundRow[]> {
  const due = db
    .select({ id: refunds.id })
    .from(refunds)
    .where(and(eq(refunds.status, 'PENDING'), lte(refunds.taskDueAt, sql`now()`)))
    .orderBy(asc(refunds.taskDueAt))
    .limit(limit)
    .for('update', { skipLocked: true });
  return (
    db
      .update(refunds)
      .set({ taskDueAt: fromNow(leaseMs), taskAttempts: sql`${refunds.taskAttempts} + 1` })
      // An array, so that the subquery runs once: each run would lock further rows.
      .where(sql`${refunds.id} = any(array(${due}))`)
      .returning()
  );
}

/** Puts off a refund that is still pending. */
export async function postponeRefund(db: Db, id: string, waitMs: number): Promise<void> {
  await db
    .update(refunds)
    .set({ taskDueAt: fromNow(waitMs) })
    .where(and(eq(refunds.id, id), eq(refunds.status, 'PENDING')));
}
