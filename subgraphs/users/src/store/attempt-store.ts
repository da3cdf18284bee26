import type { Db } from '@tributary/service-kit';
import { eq, lt, sql } from 'drizzle-orm';
import { signInAttempts } from '../tables.ts';

/** Counts one more attempt, in a new window when the present one began before `windowsSince`. */
export async function countAttempt(
  db: Db,
  accountHash: string,
  windowsSince: Date,
): Promise<{ attempts: number; windowStartedAt: Date }> {
  const windowStartedAt = new Date();
  const windowIsOver = sql`${signInAttempts.windowStartedAt} < ${windowsSince.toISOString()}`;
  const [row] = await db
    .insert(signInAttempts)
    .values({ accountHash, attempts: 1, windowStartedAt })
    .onConflictDoUpdate({
      target: signInAttempts.accountHash,
      set: {
        attempts: sql`case when ${windowIsOver} then 1 else ${signInAttempts.attempts} + 1 end`,
        windowStartedAt: sql`case when ${windowIsOver} then excluded.window_started_at else ${signInAttempts.windowStartedAt} end`,
      },
    })
    .returning();
  if (row === undefined) throw new Error('the upsert returned no row');
  return row;
}

export async function deleteAttempts(db: Db, accountHash: string): Promise<void> {
  await db.delete(signInAttempts).where(eq(signInAttempts.accountHash, accountHash));
}

export async function deleteAttemptsBefore(db: Db, windowsSince: Date): Promise<void> {
  await db.delete(signInAttempts).where(lt(signInAttempts.windowStartedAt, windowsSince));
}
