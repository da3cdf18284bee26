import type { Db } from '@tributary/service-kit';
import { eq, inArray, sql } from 'drizzle-orm';
import { bounces } from '../tables.ts';

export type BounceRow = typeof bounces.$inferSelect;

export const findBounces = (db: Db, userIds: readonly string[]): Promise<BounceRow[]> =>
  db
    .select()
    .from(bounces)
    .where(inArray(bounces.userId, [...userIds]));

/** Takes the place of what is known of an address that the user had before. */
export async function saveBounce(tx: Db, userId: string, addressHash: string, bouncedAt: Date): Promise<void> {
  await tx
    .insert(bounces)
    .values({ userId, addressHash, bouncedAt, count: 1 })
    .onConflictDoUpdate({
      target: bounces.userId,
      set: {
        addressHash,
        bouncedAt,
        count: sql`case when ${bounces.addressHash} = excluded.address_hash then ${bounces.count} + 1 else 1 end`,
      },
    });
}

export async function deleteBouncesOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(bounces).where(eq(bounces.userId, userId));
}
