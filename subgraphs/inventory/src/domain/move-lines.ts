import { type Db, newId } from '@tributary/service-kit';
import { type Movement, moveStock } from '../store/stock-store.ts';
import type { Line } from './reservation-lines.ts';

export type Bucket = 'available' | 'reserved' | 'sold';

/** One move of an order's articles. */
export interface Move {
  orderId: string;
  kind: Movement['kind'];
  from: Bucket;
  to: Bucket;
}

/**
 * Moves the stock of lines, which come in the order of `lockStock`, and writes it into the book.
 *
 * @returns of how many products it took the last one that was available
 */
export async function moveLines(tx: Db, { orderId, kind, from, to }: Move, lines: readonly Line[]): Promise<number> {
  let stockOuts = 0;
  for (const { productId, quantity } of lines) {
    if (quantity === 0) continue;
    const delta = (bucket: Bucket) => (bucket === to ? quantity : bucket === from ? -quantity : 0);
    const moved = await moveStock(tx, {
      ...{ id: newId(), productId, orderId, kind },
      availableDelta: delta('available'),
      reservedDelta: delta('reserved'),
      soldDelta: delta('sold'),
    });
    if (moved === undefined) throw new Error('the stock of a reservation is not there');
    if (from === 'available' && moved.stock.available === 0) stockOuts++;
  }
  return stockOuts;
}
