import type { Db } from '@tributary/service-kit';
import { and, arrayContains, asc, count, eq } from 'drizzle-orm';
import { webhooks } from '../tables.ts';
import type { NotificationKind } from './notification-store.ts';

export type WebhookRow = typeof webhooks.$inferSelect;

/** Oldest first; UUIDv7 ids sort by time. */
export const findWebhooksOf = (db: Db, userId: string): Promise<WebhookRow[]> =>
  db.select().from(webhooks).where(eq(webhooks.userId, userId)).orderBy(asc(webhooks.id));

export const findWebhooksFor = (db: Db, userId: string, kind: NotificationKind): Promise<{ id: string }[]> =>
  db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(and(eq(webhooks.userId, userId), arrayContains(webhooks.kinds, [kind])));

export async function countWebhooks(tx: Db, userId: string): Promise<number> {
  const [row] = await tx.select({ total: count() }).from(webhooks).where(eq(webhooks.userId, userId));
  return row?.total ?? 0;
}

export async function insertWebhook(tx: Db, row: typeof webhooks.$inferInsert): Promise<WebhookRow> {
  const [inserted] = await tx.insert(webhooks).values(row).returning();
  if (inserted === undefined) throw new Error('the insert returned no row');
  return inserted;
}

/** The webhook as it was, with its deliveries gone; undefined when the user has no such webhook. */
export async function deleteWebhook(db: Db, userId: string, id: string): Promise<WebhookRow | undefined> {
  const [row] = await db
    .delete(webhooks)
    .where(and(eq(webhooks.id, id), eq(webhooks.userId, userId)))
    .returning();
  return row;
}

export async function deleteWebhooksOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(webhooks).where(eq(webhooks.userId, userId));
}
