import type { Db } from '@tributary/service-kit';
import { sql } from 'drizzle-orm';
import { orders } from '../tables.ts';

/** Notes an order and holds its row: messages about one order are then handled one by one. Gives whether it is voided. */
export async function lockOrder(tx: Db, id: string): Promise<{ voided: boolean }> {
  const [row] = await tx
    .insert(orders)
    .values({ id })
    // Not the id: to change a key excludes those who refer to it as well, and a payment's second change in one
    // transaction does. It would wait for this one, which waits for it when the payment is there already.
    .onConflictDoUpdate({ target: orders.id, set: { voidedAt: sql`${orders.voidedAt}` } })
    .returning();
  return { voided: row !== undefined && row.voidedAt !== null };
}

/** The same for an order whose payment must not take effect, from then on. */
export async function lockAndVoidOrder(tx: Db, id: string): Promise<void> {
  await tx
    .insert(orders)
    .values({ id, voidedAt: sql`now()` })
    .onConflictDoUpdate({ target: orders.id, set: { voidedAt: sql`coalesce(${orders.voidedAt}, now())` } });
}
