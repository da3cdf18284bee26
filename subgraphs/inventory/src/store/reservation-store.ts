import type { Db } from '@tributary/service-kit';
import { and, asc, eq, lt, sql } from 'drizzle-orm';
import { reservationLines, reservations } from '../tables.ts';

export type ReservationRow = typeof reservations.$inferSelect;
export type ReservationStatus = ReservationRow['status'];
export type ReservationLine = typeof reservationLines.$inferSelect;

/** Notes the order's reservation; false when there is one already. Somebody who does the same at that time is waited for. */
export async function insertReservation(
  tx: Db,
  row: Pick<ReservationRow, 'orderId' | 'status' | 'expiresAt'>,
): Promise<boolean> {
  const inserted = await tx
    .insert(reservations)
    .values(row)
    .onConflictDoNothing()
    .returning({ orderId: reservations.orderId });
  return inserted.length > 0;
}

export async function insertReservationLines(
  tx: Db,
  orderId: string,
  lines: readonly Pick<ReservationLine, 'productId' | 'quantity'>[],
): Promise<void> {
  await tx.insert(reservationLines).values(lines.map((line) => ({ orderId, ...line })));
}

/** The order's reservation, held until the transaction ends. */
export async function lockReservation(tx: Db, orderId: string): Promise<ReservationRow | undefined> {
  const [found] = await tx.select().from(reservations).where(eq(reservations.orderId, orderId)).for('update');
  return found;
}

/** The one that is overdue the longest, held until the transaction ends; what another instance holds is left to it. */
export async function lockOverdueReservation(tx: Db, now: Date): Promise<ReservationRow | undefined> {
  const [found] = await tx
    .select()
    .from(reservations)
    .where(and(eq(reservations.status, 'RESERVED'), lt(reservations.expiresAt, now)))
    .orderBy(asc(reservations.expiresAt))
    .limit(1)
    .for('update', { skipLocked: true });
  return found;
}

export async function setReservationStatus(tx: Db, orderId: string, status: ReservationStatus): Promise<void> {
  await tx.update(reservations).set({ status, updatedAt: new Date() }).where(eq(reservations.orderId, orderId));
}

/** In the order in which everybody takes them, see `lockStock`. */
export const listReservationLines = (tx: Db, orderId: string): Promise<ReservationLine[]> =>
  tx
    .select()
    .from(reservationLines)
    .where(eq(reservationLines.orderId, orderId))
    .orderBy(asc(reservationLines.productId));

/** Counts up how many of each product came back. */
export async function addReturned(
  tx: Db,
  orderId: string,
  lines: readonly Pick<ReservationLine, 'productId' | 'quantity'>[],
): Promise<void> {
  for (const { productId, quantity } of lines) {
    await tx
      .update(reservationLines)
      .set({ returned: sql`${reservationLines.returned} + ${quantity}` })
      .where(and(eq(reservationLines.orderId, orderId), eq(reservationLines.productId, productId)));
  }
}
