import { CodedError, DomainError, type ServiceKit } from '@tributary/service-kit';
import type { OrdersConfig } from '../config.ts';
import { findOrder, type OrderRow, setAnswer } from '../store/order-store.ts';
import { listTimelines } from '../store/timeline-store.ts';
import { cancellationIn } from './order-cancellation.ts';
import { type OrderView, shownSteps, viewAfter } from './order-view.ts';
import type { OrderWatch } from './order-watch.ts';

/**
 * What `placeOrder` answers about an order that is committed: as it is once inventory has said whether the stock is
 * there, or when the time to wait for that is over. The first answer is kept, as the number of steps that the order had
 * taken, and given again to everybody who repeats the request: whatever has become of the order, and in parallel.
 *
 * @throws DomainError OutOfStockError; CodedError DEADLINE_EXCEEDED when the caller is gone, and no answer is kept
 */
export type AnswerPlacement = (placed: OrderRow, signal: AbortSignal) => Promise<OrderView>;

export function createAnswerPlacement(
  { database: { db }, config }: Pick<ServiceKit<OrdersConfig>, 'database' | 'config'>,
  watch: OrderWatch,
): AnswerPlacement {
  const { waitForStock } = config.placement;

  async function firstAnswer(placed: OrderRow, signal: AbortSignal): Promise<OrderRow | undefined> {
    if (placed.answeredVersion !== null) return placed;
    if (placed.status === 'PLACED' && waitForStock > 0) await watch.firstStep(placed.id, waitForStock, signal);
    if (signal.aborted) throw new CodedError('DEADLINE_EXCEEDED');
    return (await setAnswer(db, placed.id)) ?? findOrder(db, placed.id);
  }

  return async (placed, signal) => {
    const order = await firstAnswer(placed, signal);
    if (order?.answeredVersion == null) throw new Error('an order that was just placed has no answer');
    const isWhole = order.version === order.answeredVersion && order.status !== 'CANCELLED';
    const timeline = isWhole ? [] : await listTimelines(db, [order.id]);
    const view = viewAfter(order.answeredVersion, order, timeline);
    const cancellation = cancellationIn(shownSteps(view, timeline));
    if (cancellation?.reason !== 'OUT_OF_STOCK') return view;
    throw new DomainError('OutOfStockError', 'The order was cancelled: not all articles are in stock.', {
      order: view,
      products: cancellation.outOfStock,
    });
  };
}
