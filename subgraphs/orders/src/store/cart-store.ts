import { type Db, newId } from '@tributary/service-kit';
import { and, asc, eq, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { cartLines, carts, products } from '../tables.ts';
import type { ProductRow } from './product-store.ts';

type CartRow = typeof carts.$inferSelect;

/** A line, with the product as it is now. */
export interface CartLine {
  product: ProductRow;
  quantity: number;
  /** The price that the customer saw. */
  unitPriceMinor: number;
  currency: string;
}

export interface Cart extends CartRow {
  /** In the order in which they were added. */
  lines: CartLine[];
}

/** How a cart is found: by whose it is, or by the hash of a guest's token. */
export type CartKey = { customerId: string } | { tokenHash: string };

/** Carts with their lines and products, in one statement. */
async function findCarts(db: Db, where: SQL): Promise<Cart[]> {
  const rows = await db
    .select({ cart: carts, line: cartLines, product: products })
    .from(carts)
    .leftJoin(cartLines, eq(cartLines.cartId, carts.id))
    .leftJoin(products, eq(products.id, cartLines.productId))
    .where(where)
    .orderBy(asc(cartLines.id));
  const found = new Map<string, Cart>();
  for (const { cart, line, product } of rows) {
    const known = found.get(cart.id) ?? { ...cart, lines: [] };
    found.set(cart.id, known);
    if (line === null || product === null) continue;
    const { quantity, unitPriceMinor, currency } = line;
    known.lines.push({ product, quantity, unitPriceMinor, currency });
  }
  return [...found.values()];
}

export const findCartsOfCustomers = (db: Db, customerIds: readonly string[]): Promise<Cart[]> =>
  findCarts(db, inArray(carts.customerId, [...customerIds]));

export async function findCart(db: Db, by: CartKey | { id: string }): Promise<Cart | undefined> {
  const [found] = await findCarts(db, whereIs(by));
  return found;
}

function whereIs(by: CartKey | { id: string }): SQL {
  if ('id' in by) return eq(carts.id, by.id);
  return 'customerId' in by ? eq(carts.customerId, by.customerId) : eq(carts.tokenHash, by.tokenHash);
}

/** A new empty guest cart, locked until the transaction ends; gives its id. */
export async function insertGuestCart(tx: Db, tokenHash: string): Promise<string> {
  const id = newId();
  await tx.insert(carts).values({ id, tokenHash });
  return id;
}

/**
 * Locks a cart until the transaction ends and marks it as used now; gives its id. A customer's comes into being by
 * this; a guest's that is not there is undefined.
 */
export async function lockCart(tx: Db, key: CartKey): Promise<string | undefined> {
  const used = { updatedAt: new Date() };
  const [locked] =
    'customerId' in key
      ? await tx
          .insert(carts)
          .values({ id: newId(), ...key })
          .onConflictDoUpdate({ target: carts.customerId, set: used })
          .returning({ id: carts.id })
      : await tx.update(carts).set(used).where(whereIs(key)).returning({ id: carts.id });
  return locked?.id;
}

/** Puts lines into a cart, over those with the same products. */
export async function saveCartLines(
  tx: Db,
  cartId: string,
  lines: readonly (Omit<CartLine, 'product'> & { product: Pick<ProductRow, 'id'> })[],
): Promise<void> {
  if (lines.length === 0) return;
  await tx
    .insert(cartLines)
    .values(lines.map(({ product, ...line }) => ({ ...line, id: newId(), cartId, productId: product.id })))
    .onConflictDoUpdate({
      target: [cartLines.cartId, cartLines.productId],
      set: {
        quantity: sql`excluded.quantity`,
        unitPriceMinor: sql`excluded.unit_price_minor`,
        currency: sql`excluded.currency`,
      },
    });
}

export async function deleteCartLine(tx: Db, cartId: string, productId: string): Promise<void> {
  await tx.delete(cartLines).where(and(eq(cartLines.cartId, cartId), eq(cartLines.productId, productId)));
}

export async function deleteCartLines(tx: Db, cartId: string): Promise<void> {
  await tx.delete(cartLines).where(eq(cartLines.cartId, cartId));
}

export async function deleteCart(tx: Db, by: CartKey | { id: string }): Promise<void> {
  await tx.delete(carts).where(whereIs(by));
}

/** Deletes at most `limit` guest carts that were last used before `time`; gives how many there were. */
export async function deleteGuestCarts(db: Db, unusedSince: Date, limit: number): Promise<number> {
  const old = db
    .select({ id: carts.id })
    .from(carts)
    .where(and(isNull(carts.customerId), lt(carts.updatedAt, unusedSince)))
    .limit(limit)
    .for('update', { skipLocked: true });
  return (await db.delete(carts).where(inArray(carts.id, old)).returning({ id: carts.id })).length;
}
