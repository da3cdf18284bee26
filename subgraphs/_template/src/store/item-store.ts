import type { Db, Page } from '@tributary/service-kit';
import { count, desc, inArray } from 'drizzle-orm';
import { items } from '../tables.ts';

export type ItemRow = typeof items.$inferSelect;

export async function insertItem(db: Db, row: Pick<ItemRow, 'id' | 'ownerId' | 'title'>): Promise<ItemRow> {
  const [inserted] = await db.insert(items).values(row).returning();
  if (inserted === undefined) throw new Error('the insert returned no row');
  return inserted;
}

export const findItems = (db: Db, ids: readonly string[]): Promise<ItemRow[]> =>
  db
    .select()
    .from(items)
    .where(inArray(items.id, [...ids]));

/** Newest first. UUIDv7 ids make the order total. */
export const listItems = (db: Db, { limit, offset }: Page): Promise<ItemRow[]> =>
  db.select().from(items).orderBy(desc(items.createdAt), desc(items.id)).limit(limit).offset(offset);

export async function countItems(db: Db): Promise<number> {
  const [row] = await db.select({ total: count() }).from(items);
  return row?.total ?? 0;
}
