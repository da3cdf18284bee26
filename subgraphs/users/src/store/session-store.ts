import type { Db } from '@tributary/service-kit';
import { and, eq, isNull, lt } from 'drizzle-orm';
import { refreshTokens, sessions } from '../tables.ts';

export type SessionRow = typeof sessions.$inferSelect;

export async function insertSession(tx: Db, row: Pick<SessionRow, 'id' | 'userId' | 'expiresAt'>): Promise<void> {
  await tx.insert(sessions).values(row);
}

export async function insertRefreshToken(tx: Db, tokenHash: string, sessionId: string): Promise<void> {
  await tx.insert(refreshTokens).values({ tokenHash, sessionId });
}

export async function findSession(tx: Db, tokenHash: string): Promise<Pick<SessionRow, 'id' | 'userId'> | undefined> {
  const [row] = await tx
    .select({ id: sessions.id, userId: sessions.userId })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
    .where(eq(refreshTokens.tokenHash, tokenHash));
  return row;
}

/** The session, for this transaction alone: refreshes and revocations of one session happen one after another. */
export async function lockSession(tx: Db, id: string): Promise<SessionRow | undefined> {
  const [row] = await tx.select().from(sessions).where(eq(sessions.id, id)).for('update');
  return row;
}

/** False when the token had been rotated before. */
export async function markRotated(tx: Db, tokenHash: string): Promise<boolean> {
  const rows = await tx
    .update(refreshTokens)
    .set({ rotatedAt: new Date() })
    .where(and(eq(refreshTokens.tokenHash, tokenHash), isNull(refreshTokens.rotatedAt)))
    .returning({ tokenHash: refreshTokens.tokenHash });
  return rows.length > 0;
}

export async function extendSession(tx: Db, id: string, expiresAt: Date): Promise<void> {
  await tx.update(sessions).set({ expiresAt }).where(eq(sessions.id, id));
}

export async function revokeSession(db: Db, id: string): Promise<void> {
  await db
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)));
}

export async function revokeSessionsOf(tx: Db, userId: string): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
}

/** With their refresh tokens. */
export async function deleteSessionsOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(sessions).where(eq(sessions.userId, userId));
}

/** With their refresh tokens. */
export async function deleteSessionsExpiredBefore(db: Db, time: Date): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, time));
}

export async function deleteTokensRotatedBefore(db: Db, time: Date): Promise<void> {
  await db.delete(refreshTokens).where(lt(refreshTokens.rotatedAt, time));
}
