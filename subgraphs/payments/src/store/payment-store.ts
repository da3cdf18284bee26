import type { Db } from '@tributary/service-kit';
import { and, asc, desc, eq, inArray, isNotNull, lt, lte, type SQL, sql } from 'drizzle-orm';
import { payments } from '../tables.ts';
import { fromNow } from './from-now.ts';

export type PaymentRow = typeof payments.$inferSelect;
export type PaymentStatus = PaymentRow['status'];
export type PaymentTask = NonNullable<PaymentRow['task']>;

/** New values of columns, or SQL that makes them. */
export type PaymentChange = { [Column in keyof PaymentRow]?: PaymentRow[Column] | SQL };

export const findPayments = (db: Db, ids: readonly string[]): Promise<PaymentRow[]> =>
  db
    .select()
    .from(payments)
    .where(inArray(payments.id, [...ids]));

export async function findPayment(db: Db, id: string): Promise<PaymentRow | undefined> {
  return (await findPayments(db, [id]))[0];
}

export const listPaymentsOfOrders = (db: Db, orderIds: readonly string[]): Promise<PaymentRow[]> =>
  db
    .select()
    .from(payments)
    .where(inArray(payments.orderId, [...orderIds]))
    .orderBy(asc(payments.orderId), asc(payments.attempt));

/** Newest first; UUIDv7 ids make that order total. */
export const listPayments = (
  db: Db,
  { after, status, limit }: { after: string | undefined; status: PaymentStatus | undefined; limit: number },
): Promise<PaymentRow[]> =>
  db
    .select()
    .from(payments)
    .where(
      and(
        after === undefined ? undefined : lt(payments.id, after),
        status === undefined ? undefined : eq(payments.status, status),
      ),
    )
    .orderBy(desc(payments.id))
    .limit(limit);

/** Undefined when the order's attempt has its payment already. */
export async function insertPayment(
  tx: Db,
  row: Omit<typeof payments.$inferInsert, 'taskDueAt'>,
): Promise<PaymentRow | undefined> {
  const [inserted] = await tx
    .insert(payments)
    .values({ ...row, taskDueAt: row.task == null ? null : sql`now()` })
    .onConflictDoNothing({ target: [payments.orderId, payments.attempt] })
    .returning();
  return inserted;
}

/** Changes a payment that is still as it was read (compare and set); undefined when somebody else was faster. */
export async function changePayment(
  tx: Db,
  read: Pick<PaymentRow, 'id' | 'version'>,
  change: PaymentChange,
): Promise<PaymentRow | undefined> {
  const [changed] = await tx
    .update(payments)
    .set({ ...change, version: read.version + 1, updatedAt: sql`now()` })
    .where(and(eq(payments.id, read.id), eq(payments.version, read.version)))
    .returning();
  return changed;
}

/** Holds a payment's row until the transaction ends. */
export async function lockPayment(tx: Db, id: string): Promise<PaymentRow | undefined> {
  const [row] = await tx.select().from(payments).where(eq(payments.id, id)).for('update');
  return row;
}

/** Takes the tasks that are due; each is the caller's until `leaseMs` have passed. */
export async function leasePaymentTasks(db: Db, limit: number, leaseMs: number): Promise<PaymentRow[]> {
  const due = db
    .select({ id: payments.id })
    .from(payments)
    .where(and(isNotNull(payments.task), lte(payments.taskDueAt, sql`now()`)))
    .orderBy(asc(payments.taskDueAt))
    .limit(limit)
    .for('update', { skipLocked: true });
  return (
    db
      .update(payments)
      .set({ taskDueAt: fromNow(leaseMs), taskAttempts: sql`${payments.taskAttempts} + 1` })
      // An array, so that the subquery runs once: each run would lock further rows.
      .where(sql`${payments.id} = any(array(${due}))`)
      .returning()
  );
}

/** Puts off the task of a payment that is still as it was read. */
export async function postponePaymentTask(
  db: Db,
  { id, version }: Pick<PaymentRow, 'id' | 'version'>,
  waitMs: number,
): Promise<void> {
  await db
    .update(payments)
    .set({ taskDueAt: fromNow(waitMs) })
    .where(and(eq(payments.id, id), eq(payments.version, version), isNotNull(payments.task)));
}

/** Erases what a customer's payments show of cards. */
export async function eraseCards(tx: Db, customerId: string): Promise<void> {
  await tx.update(payments).set({ cardBrand: null, cardLast4: null }).where(eq(payments.customerId, customerId));
}
