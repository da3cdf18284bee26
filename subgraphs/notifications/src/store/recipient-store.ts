import type { Db } from '@tributary/service-kit';
import { sql } from 'drizzle-orm';
import { recipients } from '../tables.ts';

/**
 * Makes changes to what is the user's wait for each other until the transaction ends, the closing of the account
 * included; false when the account is closed.
 */
export async function lockOpenRecipient(tx: Db, userId: string): Promise<boolean> {
  const [row] = await tx
    .insert(recipients)
    .values({ userId })
    // A change that changes nothing: it is what takes the lock on a row that is there already.
    .onConflictDoUpdate({ target: recipients.userId, set: { userId: sql`excluded.user_id` } })
    .returning();
  return row?.closedAt === null;
}

export async function closeRecipient(tx: Db, userId: string): Promise<void> {
  const closedAt = new Date();
  await tx
    .insert(recipients)
    .values({ userId, closedAt })
    .onConflictDoUpdate({ target: recipients.userId, set: { closedAt } });
}
