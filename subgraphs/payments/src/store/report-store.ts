import type { Db } from '@tributary/service-kit';
import { and, eq, lt } from 'drizzle-orm';
import { inbox } from '../tables.ts';

/** As which the inbox knows what the provider reports. */
const CONSUMER = 'provider-webhooks';

/** Notes a report of the provider, in the transaction of its effect; false when it was noted before. */
export async function noteReport(tx: Db, eventId: string): Promise<boolean> {
  const noted = await tx.insert(inbox).values({ consumer: CONSUMER, eventId }).onConflictDoNothing().returning();
  return noted.length > 0;
}

/** Forgets reports that were noted before `before`. */
export async function deleteReports(db: Db, before: Date): Promise<void> {
  await db.delete(inbox).where(and(eq(inbox.consumer, CONSUMER), lt(inbox.handledAt, before)));
}
