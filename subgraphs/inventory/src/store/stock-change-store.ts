import type { Db } from '@tributary/service-kit';
import { and, eq } from 'drizzle-orm';
import { type StockAnswer, stockChanges } from '../tables.ts';

export type StockChangeRow = typeof stockChanges.$inferSelect;

/** Takes a key; false when it is taken already. Somebody who does the same at that time is waited for. */
export async function insertStockChange(
  tx: Db,
  row: Pick<StockChangeRow, 'actorId' | 'idempotencyKey' | 'requestHash'>,
): Promise<boolean> {
  const inserted = await tx
    .insert(stockChanges)
    .values(row)
    .onConflictDoNothing()
    .returning({ actorId: stockChanges.actorId });
  return inserted.length > 0;
}

const underKey = (actorId: string, key: string) =>
  and(eq(stockChanges.actorId, actorId), eq(stockChanges.idempotencyKey, key));

export async function setStockAnswer(tx: Db, actorId: string, key: string, answer: StockAnswer): Promise<void> {
  await tx.update(stockChanges).set({ answer }).where(underKey(actorId, key));
}

export async function findStockChange(db: Db, actorId: string, key: string): Promise<StockChangeRow | undefined> {
  const [found] = await db.select().from(stockChanges).where(underKey(actorId, key));
  return found;
}
