import type { Db } from '@tributary/service-kit';
import { and, asc, eq, lte, sql } from 'drizzle-orm';
import { paymentMethods, removedCards } from '../tables.ts';
import { fromNow } from './from-now.ts';

export type RemovedCardRow = typeof removedCards.$inferSelect;

/** Notes that the provider has to let go of a card that no wallet holds. */
export async function insertRemovedCard(tx: Db, token: string): Promise<void> {
  await tx.insert(removedCards).values({ token }).onConflictDoNothing();
}

/** The same for each card that one user's wallet holds, before they are deleted. */
export async function insertRemovedCardsOf(tx: Db, userId: string): Promise<void> {
  const theirs = await tx
    .select({ token: paymentMethods.token })
    .from(paymentMethods)
    .where(and(eq(paymentMethods.userId, userId), eq(paymentMethods.isShared, false)));
  for (const { token } of theirs) await insertRemovedCard(tx, token);
}

export async function isCardRemoved(tx: Db, token: string): Promise<boolean> {
  return (await tx.select().from(removedCards).where(eq(removedCards.token, token))).length > 0;
}

/** The provider has let go of it. */
export async function deleteRemovedCard(db: Db, token: string): Promise<void> {
  await db.delete(removedCards).where(eq(removedCards.token, token));
}

/** Takes the cards that are due; each is the caller's until `leaseMs` have passed. */
export async function leaseRemovedCards(db: Db, limit: number, leaseMs: number): Promise<RemovedCardRow[]> {
  const due = db
    .select({ token: removedCards.token })
    .from(removedCards)
    .where(lte(removedCards.taskDueAt, sql`now()`))
    .orderBy(asc(removedCards.taskDueAt))
    .limit(limit)
    .for('update', { skipLocked: true });
  return (
    db
      .update(removedCards)
      .set({ taskDueAt: fromNow(leaseMs), taskAttempts: sql`${removedCards.taskAttempts} + 1` })
      // An array, so that the subquery runs once: each run would lock further rows.
      .where(sql`${removedCards.token} = any(array(${due}))`)
      .returning()
  );
}

/** Puts off a card that the provider has not let go of. */
export async function postponeRemovedCard(db: Db, token: string, waitMs: number): Promise<void> {
  await db
    .update(removedCards)
    .set({ taskDueAt: fromNow(waitMs) })
    .where(eq(removedCards.token, token));
}
