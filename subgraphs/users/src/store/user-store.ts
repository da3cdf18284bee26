import type { Db, Page } from '@tributary/service-kit';
import { and, count, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { users } from '../tables.ts';

export type UserRow = typeof users.$inferSelect;
/** An account that is open has its personal data; the table's check sees to it. */
export type OpenUserRow = UserRow & { email: string; emailFolded: string; name: string };

const isOpen = (id: string) => and(eq(users.id, id), isNull(users.closedAt));

/** Undefined when there is a user with that id or e-mail address already. */
export async function insertUser(db: Db, row: typeof users.$inferInsert): Promise<OpenUserRow | undefined> {
  const [inserted] = await db.insert(users).values(row).onConflictDoNothing().returning();
  return inserted as OpenUserRow | undefined;
}

export const findUsers = (db: Db, ids: readonly string[]): Promise<UserRow[]> =>
  db
    .select()
    .from(users)
    .where(inArray(users.id, [...ids]));

/** The user, unless the account is closed. */
export async function findOpenUser(db: Db, id: string): Promise<OpenUserRow | undefined> {
  const [row] = await db.select().from(users).where(isOpen(id));
  return row as OpenUserRow | undefined;
}

export async function emailExists(db: Db, emailFolded: string): Promise<boolean> {
  const found = await db.select({ id: users.id }).from(users).where(eq(users.emailFolded, emailFolded));
  return found.length > 0;
}

/** Open accounts, newest first, and how many there are in all; in one statement unless the page is empty. */
export async function listOpenUsers(db: Db, { limit, offset }: Page): Promise<{ rows: UserRow[]; total: number }> {
  const found = await db
    .select({ row: users, total: sql<number>`(count(*) over ())::int` })
    .from(users)
    .where(isNull(users.closedAt))
    .orderBy(desc(users.createdAt), desc(users.id))
    .limit(limit)
    .offset(offset);
  const first = found[0];
  if (first !== undefined) return { rows: found.map(({ row }) => row), total: first.total };
  const [counted] = await db.select({ total: count() }).from(users).where(isNull(users.closedAt));
  return { rows: [], total: counted?.total ?? 0 };
}

/** Undefined when there is no such open account. Fields that are undefined stay as they are. */
export async function updateUser(
  db: Db,
  id: string,
  changes: Partial<Pick<UserRow, 'name' | 'locale' | 'roles'>>,
): Promise<UserRow | undefined> {
  // Without a change there would be no statement to run.
  const [row] = await db
    .update(users)
    .set({ ...changes, id })
    .where(isOpen(id))
    .returning();
  return row;
}

/** Makes changes to what belongs to the user wait for each other; false when there is no such open account. */
export async function lockOpenUser(tx: Db, id: string): Promise<boolean> {
  const rows = await tx.select({ id: users.id }).from(users).where(isOpen(id)).for('update');
  return rows.length > 0;
}

/** Leaves of an account what is not personal. */
export async function anonymiseUser(tx: Db, id: string, closedAt: Date): Promise<void> {
  await tx
    .update(users)
    .set({ email: null, emailFolded: null, name: null, locale: 'EN', roles: [], closedAt })
    .where(isOpen(id));
}
