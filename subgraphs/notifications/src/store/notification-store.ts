import type { Db } from '@tributary/service-kit';
import { and, count, desc, eq, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { notifications } from '../tables.ts';

export type NotificationRow = typeof notifications.$inferSelect;
export type NotificationKind = NotificationRow['kind'];

/** A part of an inbox, newest first. UUIDv7 ids make that order total. */
export interface InboxSlice {
  /** Only notifications that come after the one with this id. */
  after: string | undefined;
  unreadOnly: boolean;
  limit: number;
}

const isUnread = and(notifications.inInbox, isNull(notifications.readAt));

/** False when the recipient was told of that event before. */
export async function insertNotification(tx: Db, row: typeof notifications.$inferInsert): Promise<boolean> {
  const inserted = await tx
    .insert(notifications)
    .values(row)
    .onConflictDoNothing({ target: [notifications.eventId, notifications.userId] })
    .returning({ id: notifications.id });
  return inserted.length > 0;
}

/** Those of them that are in an inbox. */
export const findNotifications = (db: Db, ids: readonly string[]): Promise<NotificationRow[]> =>
  db
    .select()
    .from(notifications)
    .where(and(inArray(notifications.id, [...ids]), notifications.inInbox));

const inSlice = ({ after, unreadOnly }: InboxSlice): (SQL | undefined)[] => [
  notifications.inInbox.getSQL(),
  after === undefined ? undefined : lt(notifications.id, after),
  unreadOnly ? isNull(notifications.readAt) : undefined,
];

/** The same slice of each user's inbox, in one statement that reads no more rows than it gives. */
export async function listNotificationsOf(
  db: Db,
  userIds: readonly string[],
  slice: InboxSlice,
): Promise<NotificationRow[]> {
  const users = sql.join(
    userIds.map((id) => sql`(${id}::uuid)`),
    sql`, `,
  );
  const theirs = db
    .select()
    .from(notifications)
    .where(and(sql`${notifications.userId} = recipient.id`, ...inSlice(slice)))
    .orderBy(desc(notifications.id))
    .limit(slice.limit)
    .as('theirs');
  const rows = await db.select().from(sql`(values ${users}) as recipient(id)`).crossJoinLateral(theirs);
  return rows.map((row) => row.theirs).sort((a, b) => (a.id < b.id ? 1 : -1));
}

export const countUnread = (db: Db, userIds: readonly string[]): Promise<{ userId: string; unread: number }[]> =>
  db
    .select({ userId: notifications.userId, unread: count() })
    .from(notifications)
    .where(and(inArray(notifications.userId, [...userIds]), isUnread))
    .groupBy(notifications.userId);

/** Undefined when the user's inbox holds no such notification. The time of the first reading stays. */
export async function markRead(db: Db, userId: string, id: string, at: Date): Promise<NotificationRow | undefined> {
  const [row] = await db
    .update(notifications)
    .set({ readAt: sql`coalesce(${notifications.readAt}, ${at.toISOString()}::timestamptz)` })
    .where(and(eq(notifications.id, id), eq(notifications.userId, userId), notifications.inInbox))
    .returning();
  return row;
}

/** How many there were. */
export async function markAllRead(db: Db, userId: string, readAt: Date): Promise<number> {
  const marked = await db
    .update(notifications)
    .set({ readAt })
    .where(and(eq(notifications.userId, userId), isUnread))
    .returning({ id: notifications.id });
  return marked.length;
}

/** With what hangs on them: deliveries, and mails in the mailbox. */
export async function deleteNotificationsOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(notifications).where(eq(notifications.userId, userId));
}

/** At most `limit` of them. */
export async function deleteNotificationsBefore(db: Db, time: Date, limit: number): Promise<void> {
  const old = db
    .select({ id: notifications.id })
    .from(notifications)
    .where(lt(notifications.createdAt, time))
    .limit(limit);
  await db.delete(notifications).where(inArray(notifications.id, old));
}
