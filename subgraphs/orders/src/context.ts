import type { RequestScope } from '@tributary/service-kit';
import type { Carts } from './domain/carts.ts';
import type { Orders } from './domain/orders.ts';
import type { PlaceOrder } from './domain/place-order.ts';
import type { RequestReturn } from './domain/request-return.ts';
import type { Loaders } from './loaders/loaders.ts';

/** What the resolvers of one request share. */
export interface Context extends RequestScope {
  carts: Carts;
  orders: Orders;
  placeOrder: PlaceOrder;
  requestReturn: RequestReturn;
  loaders: Loaders;
}
