import type { Db } from '@tributary/service-kit';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { orders, refunds, returnLines, returnRequests } from '../tables.ts';

export type ReturnRequestRow = typeof returnRequests.$inferSelect;

/** How many of each product of an order were asked to be sent back so far, by product id. */
export async function returnedQuantities(db: Db, orderId: string): Promise<Map<string, number>> {
  const rows = await db
    .select({ productId: returnLines.productId, quantity: sql`sum(${returnLines.quantity})`.mapWith(Number) })
    .from(returnLines)
    .where(eq(returnLines.orderId, orderId))
    .groupBy(returnLines.productId);
  return new Map(rows.map(({ productId, quantity }) => [productId, quantity]));
}

export async function findReturnByKey(db: Db, orderId: string, key: string): Promise<ReturnRequestRow | undefined> {
  const [found] = await db
    .select()
    .from(returnRequests)
    .where(and(eq(returnRequests.orderId, orderId), eq(returnRequests.idempotencyKey, key)));
  return found;
}

/** Writes a return down, with how many of each product it holds, by product id. */
export async function insertReturn(
  tx: Db,
  row: ReturnRequestRow,
  quantities: ReadonlyMap<string, number>,
): Promise<void> {
  const { orderId, returnId } = row;
  await tx.insert(returnRequests).values(row);
  await tx
    .insert(returnLines)
    .values(Array.from(quantities, ([productId, quantity]) => ({ orderId, returnId, productId, quantity })));
}

/** Erases the hashes that were made with the reasons of a customer's returns. */
export async function eraseReturnHashes(tx: Db, customerId: string): Promise<void> {
  const theirs = tx.select({ id: orders.id }).from(orders).where(eq(orders.customerId, customerId));
  await tx.update(returnRequests).set({ requestHash: null }).where(inArray(returnRequests.orderId, theirs));
}

/** Notes a refund; false when it is known already. */
export async function insertRefund(tx: Db, row: typeof refunds.$inferInsert): Promise<boolean> {
  const inserted = await tx.insert(refunds).values(row).onConflictDoNothing().returning({ id: refunds.refundId });
  return inserted.length > 0;
}

export async function refundedAmount(db: Db, orderId: string): Promise<number> {
  const [row] = await db
    .select({ amountMinor: sql`coalesce(sum(${refunds.amountMinor}), 0)`.mapWith(Number) })
    .from(refunds)
    .where(eq(refunds.orderId, orderId));
  return row?.amountMinor ?? 0;
}
