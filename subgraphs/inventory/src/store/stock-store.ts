import type { Db } from '@tributary/service-kit';
import { and, asc, eq, getTableColumns, gte, inArray, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { products, stock, stockMovements } from '../tables.ts';

export type StockRow = typeof stock.$inferSelect;

/** One change of a product's stock: how much, and what for. */
export type Movement = Omit<typeof stockMovements.$inferInsert, 'seq' | 'createdAt'>;

/** What a movement has left. */
export interface Moved {
  stock: StockRow;
  /** Number of its entry in the stock book. */
  seq: number;
}

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
 * Moves stock and writes it into the book; gives what there is now and the entry's number. Undefined, and nothing
 * happens, when less would be left than none, or more than can be counted.
 */
export async function moveStock(tx: Db, movement: Movement): Promise<Moved | undefined> {
  const { productId, availableDelta, reservedDelta, soldDelta } = movement;
  const onHandDelta = availableDelta + reservedDelta + soldDelta;
  const [left] = await tx
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
    .returning();
  if (left === undefined) return undefined;
  const [entry] = await tx.insert(stockMovements).values(movement).returning({ seq: stockMovements.seq });
  if (entry === undefined) throw new Error('the insert returned no row');
  return { stock: left, seq: entry.seq };
}
