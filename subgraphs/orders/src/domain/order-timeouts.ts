import type { ServiceKit } from '@tributary/service-kit';
import type { OrdersConfig } from '../config.ts';
import { lockIdleOrder } from '../store/order-store.ts';
import { ORDER_STATUSES } from '../tables.ts';
import type { OrderSaga } from './order-saga.ts';
import { orderTransitions } from './order-transitions.ts';

/** Only these: an order that the table would not let go would be taken again and again. */
const IMPATIENT = ORDER_STATUSES.filter((status) => status in orderTransitions.TIMED_OUT);

/** Ends the orders whose next step has not come within `saga.timeout`. Instances share the work. */
export type EndIdleOrders = () => Promise<void>;

export function createEndIdleOrders(
  { database, log, config }: Pick<ServiceKit<OrdersConfig>, 'database' | 'log' | 'config'>,
  saga: OrderSaga,
): EndIdleOrders {
  /** One order a transaction. False when none is idle. */
  const endOne = () =>
    database.transaction(async (tx) => {
      const idle = await lockIdleOrder(tx, IMPATIENT, new Date(Date.now() - config.saga.timeout));
      if (idle === undefined) return false;
      await saga.advance(tx, idle.id, 'TIMED_OUT');
      log.warn({ order_id: idle.id, status: idle.status }, 'order timed out');
      return true;
    });
  return async () => {
    while (await endOne());
  };
}
