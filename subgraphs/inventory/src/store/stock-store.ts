import type { Db } from '@tributary/service-kit';
import { and, asc, eq, getTableColumns, gte, inArray, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { products, stock, stockMovements } from '../tables.ts';

export type StockRow = typeof stock.$inferSelect;

/** One change of a product's stock: how much, and what for. */
export type Movement = Omit<typeof stockMovements.$inferInsert, 'seq' | 'createdAt'>;

/** Far below what the column can hold, so that no sum of it overflows. */
export const MAX_ON_HAND = 1_000_000_000;

export const findStock = (db: Db, productIds: readonly string[]): Promise<StockRow[]> =>
  db
    .select()
    .from(stock)
    .where(inArray(stock.productId, [...productIds]));

/**
 * Holds the stock of these products until the transaction ends, in one order for everybody, so that two that want the
 * same products wait for each other and do not deadlock. Says how many are left and whether the product is on sale.
 */
export function lockStock(tx: Db, productIds: readonly string[]): Promise<(StockRow & { active: boolean })[]> {
  // By an alias, since FOR UPDATE OF takes no name with a schema.
  const held = alias(stock, 'held');
  return tx
    .select({ ...getTableColumns(held), active: products.active })
    .from(held)
    .innerJoin(products, eq(products.id, held.productId))
    .where(inArray(held.productId, [...productIds]))
    .orderBy(asc(held.productId))
    .for('update', { of: held });
}

/**
 * Moves stock and writes it into the book; false, and nothing happens, when less would be left than none, or more than
 * can be counted.
 */
export async function moveStock(tx: Db, movement: Movement): Promise<boolean> {
  const { productId, availableDelta, reservedDelta, soldDelta } = movement;
  const onHandDelta = availableDelta + reservedDelta + soldDelta;
  const moved = await tx
    .update(stock)
    .set({
      onHand: sql`${stock.onHand} + ${onHandDelta}`,
      reserved: sql`${stock.reserved} + ${reservedDelta}`,
      sold: sql`${stock.sold} + ${soldDelta}`,
      available: sql`${stock.available} + ${availableDelta}`,
    })
    .where(
      and(
        eq(stock.productId, productId),
        gte(stock.available, -availableDelta),
        lte(stock.onHand, MAX_ON_HAND - Math.max(onHandDelta, 0)),
      ),
    )
    .returning({ productId: stock.productId });
  if (moved.length === 0) return false;
  await tx.insert(stockMovements).values(movement);
  return true;
}
