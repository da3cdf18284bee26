import type { Db } from '@tributary/service-kit';
import { eq, sql } from 'drizzle-orm';
import { refunds, returnLines } from '../tables.ts';

/** How many of each product of an order were asked to be sent back so far, by product id. */
export async function returnedQuantities(db: Db, orderId: string): Promise<Map<string, number>> {
  const rows = await db
    .select({ productId: returnLines.productId, quantity: sql`sum(${returnLines.quantity})`.mapWith(Number) })
    .from(returnLines)
    .where(eq(returnLines.orderId, orderId))
    .groupBy(returnLines.productId);
  return new Map(rows.map(({ productId, quantity }) => [productId, quantity]));
}

export async function insertReturn(tx: Db, lines: readonly (typeof returnLines.$inferInsert)[]): Promise<void> {
  await tx.insert(returnLines).values([...lines]);
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
