import type { Db } from '@tributary/service-kit';
import { and, asc, count, desc, eq, sql } from 'drizzle-orm';
import { paymentMethods, wallets } from '../tables.ts';
import { insertRemovedCard, insertRemovedCardsOf } from './removed-card-store.ts';

export type PaymentMethodRow = typeof paymentMethods.$inferSelect;

const ownedBy = (userId: string, id: string) => and(eq(paymentMethods.id, id), eq(paymentMethods.userId, userId));

/** Makes sure that the user has a wallet and holds its row; false when the user's account is closed. */
export async function lockOpenWallet(tx: Db, userId: string): Promise<boolean> {
  const [wallet] = await tx
    .insert(wallets)
    .values({ userId })
    .onConflictDoUpdate({ target: wallets.userId, set: { userId } })
    .returning();
  return wallet !== undefined && wallet.closedAt === null;
}

/** Makes a wallet for a user who has none; false when there is one. */
export async function createNewWallet(tx: Db, userId: string): Promise<boolean> {
  const made = await tx.insert(wallets).values({ userId }).onConflictDoNothing().returning();
  return made.length > 0;
}

/** Erases what is in the wallet, which the provider has to let go of, and lets nothing in any more. */
export async function closeWallet(tx: Db, userId: string): Promise<void> {
  await tx
    .insert(wallets)
    .values({ userId, closedAt: sql`now()` })
    .onConflictDoUpdate({ target: wallets.userId, set: { closedAt: sql`coalesce(${wallets.closedAt}, now())` } });
  await insertRemovedCardsOf(tx, userId);
  await tx.delete(paymentMethods).where(eq(paymentMethods.userId, userId));
}

export async function countPaymentMethods(tx: Db, userId: string): Promise<number> {
  const [row] = await tx.select({ total: count() }).from(paymentMethods).where(eq(paymentMethods.userId, userId));
  return row?.total ?? 0;
}

/** Oldest first. */
export const listPaymentMethods = (db: Db, userId: string): Promise<PaymentMethodRow[]> =>
  db.select().from(paymentMethods).where(eq(paymentMethods.userId, userId)).orderBy(asc(paymentMethods.id));

/** Undefined when the user has no such payment method. */
export async function findPaymentMethod(db: Db, userId: string, id: string): Promise<PaymentMethodRow | undefined> {
  const [row] = await db.select().from(paymentMethods).where(ownedBy(userId, id));
  return row;
}

/** Undefined when a wallet holds the card already. */
export async function insertPaymentMethod(
  tx: Db,
  row: Omit<PaymentMethodRow, 'createdAt'>,
): Promise<PaymentMethodRow | undefined> {
  const [inserted] = await tx.insert(paymentMethods).values(row).onConflictDoNothing().returning();
  return inserted;
}

/** The payment method that stands for a card of the user's own; undefined when there is none. */
export async function findOwnCard(tx: Db, userId: string, token: string): Promise<PaymentMethodRow | undefined> {
  const isTheirs = and(eq(paymentMethods.userId, userId), eq(paymentMethods.token, token));
  const [row] = await tx
    .select()
    .from(paymentMethods)
    .where(and(isTheirs, eq(paymentMethods.isShared, false)));
  return row;
}

/** The payment method as it was, whose card the provider has to let go of; undefined when the user has no such one. */
export async function deletePaymentMethod(tx: Db, userId: string, id: string): Promise<PaymentMethodRow | undefined> {
  const [row] = await tx.delete(paymentMethods).where(ownedBy(userId, id)).returning();
  if (row !== undefined && !row.isShared) await insertRemovedCard(tx, row.token);
  return row;
}

/** Makes one the default, and no other; undefined when the user has no such one, which must undo it. */
export async function makeDefault(tx: Db, userId: string, id: string): Promise<PaymentMethodRow | undefined> {
  await tx
    .update(paymentMethods)
    .set({ isDefault: false })
    .where(and(eq(paymentMethods.userId, userId), eq(paymentMethods.isDefault, true)));
  const [row] = await tx.update(paymentMethods).set({ isDefault: true }).where(ownedBy(userId, id)).returning();
  return row;
}

/** Makes the newest the default, if there is one. */
export async function makeNewestDefault(tx: Db, userId: string): Promise<void> {
  const [newest] = await tx
    .select({ id: paymentMethods.id })
    .from(paymentMethods)
    .where(eq(paymentMethods.userId, userId))
    .orderBy(desc(paymentMethods.id))
    .limit(1);
  if (newest !== undefined) await makeDefault(tx, userId, newest.id);
}
