import type { Db } from '@tributary/service-kit';
import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { addresses } from '../tables.ts';

export type AddressRow = typeof addresses.$inferSelect;
/** What the user says of an address. */
export type AddressFields = Omit<AddressRow, 'id' | 'userId'>;

const ownedBy = (userId: string, id: string) => and(eq(addresses.id, id), eq(addresses.userId, userId));

export async function insertAddress(tx: Db, row: AddressRow): Promise<AddressRow> {
  await tx.insert(addresses).values(row);
  return row;
}

export async function countAddresses(tx: Db, userId: string): Promise<number> {
  const [row] = await tx.select({ total: count() }).from(addresses).where(eq(addresses.userId, userId));
  return row?.total ?? 0;
}

/** Undefined when the user has no such address. */
export async function updateAddress(
  db: Db,
  userId: string,
  id: string,
  fields: AddressFields,
): Promise<AddressRow | undefined> {
  const [row] = await db.update(addresses).set(fields).where(ownedBy(userId, id)).returning();
  return row;
}

/** The address as it was; undefined when the user has no such address. */
export async function deleteAddress(db: Db, userId: string, id: string): Promise<AddressRow | undefined> {
  const [row] = await db.delete(addresses).where(ownedBy(userId, id)).returning();
  return row;
}

export async function deleteAddressesOf(tx: Db, userId: string): Promise<void> {
  await tx.delete(addresses).where(eq(addresses.userId, userId));
}

/** Oldest first; UUIDv7 ids sort by time. */
export const findAddressesOf = (db: Db, userIds: readonly string[]): Promise<AddressRow[]> =>
  db
    .select()
    .from(addresses)
    .where(inArray(addresses.userId, [...userIds]))
    .orderBy(asc(addresses.id));
