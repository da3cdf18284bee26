import { defineSubgraph, subgraphConfig } from '@tributary/service-kit';
import type { Context } from './context.ts';
import { createCarts } from './domain/carts.ts';
import { createEventHandlers } from './domain/event-handlers.ts';
import { createOrderSaga } from './domain/order-saga.ts';
import { createOrders } from './domain/orders.ts';
import { createPlaceOrder } from './domain/place-order.ts';
import { createRequestReturn } from './domain/request-return.ts';
import { createLoaders } from './loaders/loaders.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { deadLetters, inbox, outbox } from './tables.ts';

const SWEEP_EVERY_MS = 60 * 60 * 1000;

export const subgraph = defineSubgraph({
  name: 'orders',
  config: subgraphConfig,
  folder: new URL('..', import.meta.url),
  events: { deadLetters, inbox, outbox },
  create(kit) {
    const saga = createOrderSaga(kit);
    const carts = createCarts(kit.database);
    const domain = {
      carts,
      orders: createOrders(kit, saga),
      placeOrder: createPlaceOrder(kit, saga),
      requestReturn: createRequestReturn(kit, saga),
    };
    return {
      resolvers,
      context: (scope): Context => ({ ...scope, ...domain, loaders: createLoaders(kit.database.db) }),
      handlers: createEventHandlers(kit, saga),
      jobs: [{ name: 'sweep guest carts', everyMs: SWEEP_EVERY_MS, run: () => carts.sweep() }],
    };
  },
});
