import { type Db, listLoader, rowLoader } from '@tributary/service-kit';
import type DataLoader from 'dataloader';
import { isId } from '../domain/is-id.ts';
import { findCartsOfCustomers } from '../store/cart-store.ts';
import {
  findOrders,
  listOrderLines,
  listOrdersOfCustomers,
  type OrderRow,
  type OrderSlice,
} from '../store/order-store.ts';
import { listTimelines } from '../store/timeline-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export function createLoaders(db: Db) {
  const ordersOfCustomer = new Map<string, DataLoader<string, OrderRow[]>>();
  return {
    order: rowLoader(
      (ids) => whereIds(ids, (valid) => findOrders(db, valid)),
      (order) => order.id,
    ),
    orderLines: listLoader(
      (orderIds) => listOrderLines(db, orderIds),
      (line) => line.orderId,
    ),
    timeline: listLoader(
      (orderIds) => listTimelines(db, orderIds),
      (entry) => entry.orderId,
    ),
    cartOfCustomer: rowLoader(
      (ids) => whereIds(ids, (valid) => findCartsOfCustomers(db, valid)),
      (cart) => cart.customerId ?? '',
    ),
    /** The loader of one slice of customers' orders: each field with other arguments is another query. */
    ordersOfCustomer(slice: OrderSlice): DataLoader<string, OrderRow[]> {
      const key = JSON.stringify(slice);
      const loader =
        ordersOfCustomer.get(key) ??
        listLoader(
          (ids) => whereIds(ids, (valid) => listOrdersOfCustomers(db, valid, slice)),
          (order) => order.customerId,
        );
      ordersOfCustomer.set(key, loader);
      return loader;
    },
  };
}

/** What is no id belongs to nothing, and must not reach the database. */
async function whereIds<Row>(ids: readonly string[], find: (valid: string[]) => Promise<Row[]>): Promise<Row[]> {
  const valid = ids.filter(isId);
  return valid.length === 0 ? [] : find(valid);
}

export type Loaders = ReturnType<typeof createLoaders>;
