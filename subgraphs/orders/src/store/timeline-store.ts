import type { Db } from '@tributary/service-kit';
import { asc, eq, inArray } from 'drizzle-orm';
import { orders, timeline } from '../tables.ts';

export type TimelineRow = typeof timeline.$inferSelect;

export async function insertTimelineEntry(tx: Db, row: typeof timeline.$inferInsert): Promise<void> {
  await tx.insert(timeline).values(row);
}

export const listTimelines = (db: Db, orderIds: readonly string[]): Promise<TimelineRow[]> =>
  db
    .select()
    .from(timeline)
    .where(inArray(timeline.orderId, [...orderIds]))
    .orderBy(asc(timeline.seq));

/** Erases what was written into a customer's orders by hand, which may name people. */
export async function eraseNotes(tx: Db, customerId: string): Promise<void> {
  const theirs = tx.select({ id: orders.id }).from(orders).where(eq(orders.customerId, customerId));
  await tx.update(timeline).set({ note: null }).where(inArray(timeline.orderId, theirs));
}
