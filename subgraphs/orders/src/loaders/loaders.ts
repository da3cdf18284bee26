import { type Db, listLoader, rowLoader, sliceLoader } from '@tributary/service-kit';
import { findCartsOfCustomers } from '../store/cart-store.ts';
import { findOrders, listOrderLines, listOrdersOfCustomers, type OrderSlice } from '../store/order-store.ts';
import { listTimelines } from '../store/timeline-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export function createLoaders(db: Db) {
  return {
    order: rowLoader(
      'order',
      (ids) => findOrders(db, ids),
      (order) => order.id,
    ),
    orderLines: listLoader(
      'orderLines',
      (orderIds) => listOrderLines(db, orderIds),
      (line) => line.orderId,
    ),
    timeline: listLoader(
      'timeline',
      (orderIds) => listTimelines(db, orderIds),
      (entry) => entry.orderId,
    ),
    cartOfCustomer: rowLoader(
      'cartOfCustomer',
      (ids) => findCartsOfCustomers(db, ids),
      (cart) => cart.customerId ?? '',
    ),
    ordersOfCustomer: sliceLoader(
      'ordersOfCustomer',
      (ids, slice: OrderSlice) => listOrdersOfCustomers(db, ids, slice),
      (order) => order.customerId,
    ),
  };
}

export type Loaders = ReturnType<typeof createLoaders>;
