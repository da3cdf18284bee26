import type { Db } from '@tributary/service-kit';
import { eq, sql } from 'drizzle-orm';
import { preferences } from '../tables.ts';

export type PreferenceRow = typeof preferences.$inferSelect;
export type Category = PreferenceRow['category'];
export type Channel = PreferenceRow['channel'];

export const findPreferences = (db: Db, userId: string): Promise<PreferenceRow[]> =>
  db.select().from(preferences).where(eq(preferences.userId, userId));

export async function savePreferences(tx: Db, rows: readonly PreferenceRow[]): Promise<void> {
  await tx
    .insert(preferences)
    .values([...rows])
    .onConflictDoUpdate({
      target: [preferences.userId, preferences.category, preferences.channel],
      set: { enabled: sql`excluded.enabled` },
    });
}

export async function deletePreferencesOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(preferences).where(eq(preferences.userId, userId));
}
