import type { Db } from '@tributary/service-kit';
import { desc, eq, notInArray } from 'drizzle-orm';
import { mails, notifications } from '../tables.ts';

export type MailRow = typeof mails.$inferSelect;

const KEPT = 200;

/** Keeps a mail, and of all mails the newest 200. One whose notification was erased meanwhile is dropped. */
export async function insertMail(tx: Db, row: typeof mails.$inferInsert): Promise<void> {
  const told = await tx
    .select({ id: notifications.id })
    .from(notifications)
    .where(eq(notifications.id, row.notificationId))
    .for('key share');
  if (told.length === 0) return;
  // A mail that is sent again, since nobody learned that it was sent before, is there already.
  await tx.insert(mails).values(row).onConflictDoNothing();
  const newest = tx.select({ id: mails.id }).from(mails).orderBy(desc(mails.id)).limit(KEPT);
  await tx.delete(mails).where(notInArray(mails.id, newest));
}

/** Newest first. */
export const listMails = (db: Db): Promise<MailRow[]> => db.select().from(mails).orderBy(desc(mails.id)).limit(KEPT);

export async function findMail(db: Db, id: string): Promise<MailRow | undefined> {
  const [row] = await db.select().from(mails).where(eq(mails.id, id));
  return row;
}
