import type { Db, ServiceKit } from '@tributary/service-kit';
import type { InventoryConfig } from '../config.ts';
import { stockRejected, stockReserved } from '../events.ts';
import {
  insertReservation,
  insertReservationLines,
  lockReservation,
  setReservationStatus,
} from '../store/reservation-store.ts';
import { lockStock } from '../store/stock-store.ts';
import { moveLines } from './move-lines.ts';
import { type Line, mergeLines, shortagesOf } from './reservation-lines.ts';
import type { ReservationReport } from './reservation-report.ts';

export type RequestReservation = (tx: Db, orderId: string, lines: readonly Line[]) => Promise<void>;

/** The step that sets stock aside: all lines or none, once for each order. */
export function createRequestReservation(
  { emit, config }: Pick<ServiceKit<InventoryConfig>, 'emit' | 'config'>,
  report: ReservationReport,
): RequestReservation {
  return async (tx, orderId, asked) => {
    const expiresAt = new Date(Date.now() + config.reservations.lifetime);
    if (!(await insertReservation(tx, { orderId, status: 'RESERVED', expiresAt }))) {
      return report.ignored('request', orderId, (await lockReservation(tx, orderId))?.status);
    }
    const lines = mergeLines(asked);
    const productIds = lines.map(({ productId }) => productId);
    const shortages = shortagesOf(lines, await lockStock(tx, productIds));
    if (lines.length === 0 || shortages.length > 0) {
      await setReservationStatus(tx, orderId, 'REJECTED');
      await emit(tx, stockRejected, orderId, { orderId, products: [...shortages] });
      return report.count('rejected');
    }
    await insertReservationLines(tx, orderId, lines);
    const stockOuts = await moveLines(tx, { orderId, kind: 'RESERVED', from: 'available', to: 'reserved' }, lines);
    await emit(tx, stockReserved, orderId, { orderId });
    report.count('reserved');
    report.countStockOuts(stockOuts);
  };
}
