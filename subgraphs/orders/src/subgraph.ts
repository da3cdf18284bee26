import { defineSubgraph } from '@tributary/service-kit';
import { ordersConfig } from './config.ts';
import type { Context } from './context.ts';
import { createCarts } from './domain/carts.ts';
import { createEventHandlers } from './domain/event-handlers.ts';
import { createOrderSaga } from './domain/order-saga.ts';
import { createEndIdleOrders } from './domain/order-timeouts.ts';
import { createOrderWatch } from './domain/order-watch.ts';
import { createOrders } from './domain/orders.ts';
import { createPlaceOrder } from './domain/place-order.ts';
import { createAnswerPlacement } from './domain/placement-answer.ts';
import { createRequestReturn } from './domain/request-return.ts';
import { createLoaders } from './loaders/loaders.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { deadLetters, inbox, outbox } from './tables.ts';

const SWEEP_CARTS_EVERY_MS = 60 * 60 * 1000;
/** An order that another process moves is noticed after this time. */
const LOOK_EVERY_MS = 200;

export const subgraph = defineSubgraph({
  name: 'orders',
  config: ordersConfig,
  folder: new URL('..', import.meta.url),
  events: { deadLetters, inbox, outbox },
  create(kit) {
    const watch = createOrderWatch(kit);
    const saga = createOrderSaga(kit, watch);
    const carts = createCarts(kit.database);
    const domain = {
      carts,
      orders: createOrders(kit, saga),
      placeOrder: createPlaceOrder(kit, saga, createAnswerPlacement(kit, watch)),
      requestReturn: createRequestReturn(kit, saga),
    };
    return {
      resolvers,
      context: (scope): Context => ({ ...scope, ...domain, loaders: createLoaders(kit.database.db) }),
      handlers: createEventHandlers(kit, saga),
      jobs: [
        { name: 'sweep guest carts', everyMs: SWEEP_CARTS_EVERY_MS, run: () => carts.sweep() },
        { name: 'end idle orders', everyMs: kit.config.saga.sweepEvery, run: createEndIdleOrders(kit, saga) },
        { name: 'look after placed orders', everyMs: LOOK_EVERY_MS, run: () => watch.look() },
      ],
    };
  },
});
