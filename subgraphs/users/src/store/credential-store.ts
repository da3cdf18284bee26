import type { Db } from '@tributary/service-kit';
import { and, eq } from 'drizzle-orm';
import { credentials, users } from '../tables.ts';

export type Credential = typeof credentials.$inferSelect;

const unchanged = ({ userId, passwordHash }: Credential) =>
  and(eq(credentials.userId, userId), eq(credentials.passwordHash, passwordHash));

export async function insertCredential(tx: Db, row: Credential): Promise<void> {
  await tx.insert(credentials).values(row);
}

export async function findCredential(db: Db, emailFolded: string): Promise<Credential | undefined> {
  const [row] = await db
    .select({ userId: credentials.userId, passwordHash: credentials.passwordHash })
    .from(credentials)
    .innerJoin(users, eq(users.id, credentials.userId))
    .where(eq(users.emailFolded, emailFolded));
  return row;
}

/** Whether the password that was verified is still the account's; keeps it from being changed until the transaction ends. */
export async function holdCredential(tx: Db, verified: Credential): Promise<boolean> {
  const rows = await tx
    .select({ userId: credentials.userId })
    .from(credentials)
    .where(unchanged(verified))
    .for('share');
  return rows.length > 0;
}

/** False when the credential is no longer the one that was verified. */
export async function replaceCredential(db: Db, verified: Credential, passwordHash: string): Promise<boolean> {
  const rows = await db
    .update(credentials)
    .set({ passwordHash })
    .where(unchanged(verified))
    .returning({ userId: credentials.userId });
  return rows.length > 0;
}

/** False when the credential is no longer the one that was verified. */
export async function deleteCredential(tx: Db, verified: Credential): Promise<boolean> {
  const rows = await tx.delete(credentials).where(unchanged(verified)).returning({ userId: credentials.userId });
  return rows.length > 0;
}
