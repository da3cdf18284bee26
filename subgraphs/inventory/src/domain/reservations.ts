import type { Db, ServiceKit } from '@tributary/service-kit';
import type { InventoryConfig } from '../config.ts';
import { reservationExpired } from '../events.ts';
import {
  addReturned,
  insertReservation,
  listReservationLines,
  lockOverdueReservation,
  lockReservation,
  setReservationStatus,
} from '../store/reservation-store.ts';
import { type Move, moveLines } from './move-lines.ts';
import { createRequestReservation, type RequestReservation } from './request-reservation.ts';
import { type Line, mergeLines } from './reservation-lines.ts';
import { createReservationReport, type ReservationReport } from './reservation-report.ts';

/**
 * Stock for orders, from the request to the sale and back. Each step is decided by the reservation's status, which its
 * row's lock protects, so that repeated and overtaken messages change nothing. Locks are taken in one order: the
 * reservation, then the stock of its products by their ids.
 */
export interface Reservations {
  /** Sets all lines aside, or none, and says which. An order that was released before is not served any more. */
  request: RequestReservation;
  /**
   * Sells what is set aside. An expiry is final: it was announced, and ends the order with its payment, so that a
   * confirmation which crossed it gets no stock, and nothing is sold twice.
   */
  confirm(tx: Db, orderId: string): Promise<void>;
  /** Gives everything back that the order still has; remembered where it comes before the request. */
  release(tx: Db, orderId: string): Promise<void>;
  /** Takes lines of a sold order back, as far as it has them. */
  takeBack(tx: Db, orderId: string, lines: readonly Line[]): Promise<void>;
  /** Gives back what was not confirmed in time. */
  expireOverdue(): Promise<void>;
}

export function createReservations(
  kit: Pick<ServiceKit<InventoryConfig>, 'database' | 'emit' | 'log' | 'metrics' | 'config'>,
): Reservations {
  const report = createReservationReport(kit);
  return {
    request: createRequestReservation(kit, report),
    async confirm(tx, orderId) {
      const status = await lockedStatus(tx, orderId);
      if (status !== 'RESERVED') return report.ignored('confirm', orderId, status);
      await end(tx, report, { orderId, ...SALE });
    },
    async release(tx, orderId) {
      // A request that comes later finds this and stops; one that is being handled now is waited for.
      if (await insertReservation(tx, { orderId, status: 'RELEASED', expiresAt: new Date() })) return;
      const status = await lockedStatus(tx, orderId);
      if (status !== 'RESERVED' && status !== 'CONFIRMED') return report.ignored('release', orderId, status);
      const from = status === 'RESERVED' ? 'reserved' : 'sold';
      await end(tx, report, { orderId, kind: 'RELEASED', from, to: 'available' });
    },
    async takeBack(tx, orderId, lines) {
      const status = await lockedStatus(tx, orderId);
      // What is sent back was sold: the confirmation is still on its way.
      if (status === 'RESERVED') await end(tx, report, { orderId, ...SALE });
      else if (status !== 'CONFIRMED') return report.ignored('return', orderId, status);
      await takeBackLines(tx, orderId, lines);
      report.count('returned');
    },
    async expireOverdue() {
      while (await expireOne(kit, report));
    },
  };
}

const SALE = { kind: 'SOLD', from: 'reserved', to: 'sold' } as const;
const ENDS = { SOLD: 'CONFIRMED', RELEASED: 'RELEASED', EXPIRED: 'EXPIRED' } as const;
const OUTCOMES = { SOLD: 'confirmed', RELEASED: 'released', EXPIRED: 'expired' } as const;

const lockedStatus = async (tx: Db, orderId: string) => (await lockReservation(tx, orderId))?.status;

/** Moves what the order still has of each product, and writes down what became of its reservation. */
async function end(tx: Db, report: ReservationReport, move: Move & { kind: keyof typeof ENDS }): Promise<void> {
  const lines = await listReservationLines(tx, move.orderId);
  await moveLines(
    tx,
    move,
    lines.map(({ productId, quantity, returned }) => ({ productId, quantity: quantity - returned })),
  );
  await setReservationStatus(tx, move.orderId, ENDS[move.kind]);
  report.count(OUTCOMES[move.kind]);
}

async function takeBackLines(tx: Db, orderId: string, asked: readonly Line[]): Promise<void> {
  const wanted = new Map(mergeLines(asked).map(({ productId, quantity }) => [productId, quantity]));
  const lines = (await listReservationLines(tx, orderId)).map(({ productId, quantity, returned }) => ({
    productId,
    quantity: Math.min(wanted.get(productId) ?? 0, quantity - returned),
  }));
  await addReturned(tx, orderId, lines);
  await moveLines(tx, { orderId, kind: 'RETURNED', from: 'sold', to: 'available' }, lines);
}

/** One reservation a transaction: never more than one order's stock is held. False when none is overdue. */
const expireOne = ({ database, emit }: Pick<ServiceKit, 'database' | 'emit'>, report: ReservationReport) =>
  database.transaction(async (tx) => {
    const overdue = await lockOverdueReservation(tx, new Date());
    if (overdue === undefined) return false;
    const { orderId } = overdue;
    await end(tx, report, { orderId, kind: 'EXPIRED', from: 'reserved', to: 'available' });
    await emit(tx, reservationExpired, orderId, { orderId });
    return true;
  });
