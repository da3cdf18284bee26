import type { Db } from '@tributary/service-kit';
import { eq } from 'drizzle-orm';
import { closedAccounts } from '../tables.ts';

export async function insertClosedAccount(tx: Db, customerId: string): Promise<void> {
  await tx.insert(closedAccounts).values({ customerId }).onConflictDoNothing();
}

export async function isAccountClosed(db: Db, customerId: string): Promise<boolean> {
  const found = await db.select().from(closedAccounts).where(eq(closedAccounts.customerId, customerId));
  return found.length > 0;
}
