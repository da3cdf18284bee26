import type { Db } from '@tributary/service-kit';
import { eq } from 'drizzle-orm';
import { quietHours } from '../tables.ts';

export type QuietHoursRow = typeof quietHours.$inferSelect;

export async function findQuietHours(db: Db, userId: string): Promise<QuietHoursRow | undefined> {
  const [row] = await db.select().from(quietHours).where(eq(quietHours.userId, userId));
  return row;
}

export async function saveQuietHours(tx: Db, { userId, ...set }: QuietHoursRow): Promise<void> {
  await tx
    .insert(quietHours)
    .values({ userId, ...set })
    .onConflictDoUpdate({ target: quietHours.userId, set });
}

export async function deleteQuietHoursOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(quietHours).where(eq(quietHours.userId, userId));
}
