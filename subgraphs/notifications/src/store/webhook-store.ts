import type { Db } from '@tributary/service-kit';
import { and, arrayContains, asc, count, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import { webhooks } from '../tables.ts';
import type { NotificationKind } from './notification-store.ts';

export type WebhookRow = typeof webhooks.$inferSelect;

/** Oldest first; UUIDv7 ids sort by time. */
export const findWebhooksOf = (db: Db, userId: string): Promise<WebhookRow[]> =>
  db.select().from(webhooks).where(eq(webhooks.userId, userId)).orderBy(asc(webhooks.id));

/** Those that are not disabled. */
export const findWebhooksFor = (db: Db, userId: string, kind: NotificationKind): Promise<{ id: string }[]> =>
  db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(and(eq(webhooks.userId, userId), isNull(webhooks.disabledAt), arrayContains(webhooks.kinds, [kind])));

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

const WELL = { failuresInRow: 0, failingSince: null, lastFailure: null };

/** Forgets the failures before a delivery that arrived. */
export async function saveSuccess(db: Db, id: string): Promise<void> {
  await db
    .update(webhooks)
    .set(WELL)
    .where(and(eq(webhooks.id, id), gt(webhooks.failuresInRow, 0), isNull(webhooks.disabledAt)));
}

/** The webhook after one more delivery that was given up; undefined when it was removed or disabled meanwhile. */
export async function saveFailure(
  tx: Db,
  id: string,
  { failure, at }: { failure: string; at: Date },
): Promise<WebhookRow | undefined> {
  const [row] = await tx
    .update(webhooks)
    .set({
      failuresInRow: sql`${webhooks.failuresInRow} + 1`,
      failingSince: sql`coalesce(${webhooks.failingSince}, ${at.toISOString()}::timestamptz)`,
      lastFailure: failure,
    })
    .where(and(eq(webhooks.id, id), isNull(webhooks.disabledAt)))
    .returning();
  return row;
}

export async function disableWebhook(
  tx: Db,
  id: string,
  disabled: { disabledAt: Date; disabledReason: NonNullable<WebhookRow['disabledReason']> },
): Promise<void> {
  await tx.update(webhooks).set(disabled).where(eq(webhooks.id, id));
}

/** Undefined when the user has no such webhook. One that is not disabled stays as it is. */
export async function enableWebhook(tx: Db, userId: string, id: string): Promise<WebhookRow | undefined> {
  const isTheirs = and(eq(webhooks.id, id), eq(webhooks.userId, userId));
  await tx
    .update(webhooks)
    .set({ ...WELL, disabledAt: null, disabledReason: null })
    .where(and(isTheirs, isNotNull(webhooks.disabledAt)));
  const [row] = await tx.select().from(webhooks).where(isTheirs);
  return row;
}

export async function deleteWebhooksOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(webhooks).where(eq(webhooks.userId, userId));
}
