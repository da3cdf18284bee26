import type { Db } from '@tributary/service-kit';
import { asc, inArray, sql } from 'drizzle-orm';
import { signingKeys } from '../tables.ts';

export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** In the order in which they sign. */
export const listSigningKeys = (db: Db): Promise<SigningKeyRow[]> =>
  db.select().from(signingKeys).orderBy(asc(signingKeys.activeFrom), asc(signingKeys.kid));

export async function insertSigningKey(tx: Db, row: SigningKeyRow): Promise<void> {
  await tx.insert(signingKeys).values(row);
}

export async function deleteSigningKeys(db: Db, kids: readonly string[]): Promise<void> {
  await db.delete(signingKeys).where(inArray(signingKeys.kid, [...kids]));
}

/** Until the transaction ends, no other instance adds a key. */
export async function lockSigningKeys(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('users signing keys'))`);
}
