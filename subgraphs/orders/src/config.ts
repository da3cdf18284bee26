import { duration, subgraphConfig } from '@tributary/service-kit';
import { z } from 'zod';

/** What the orders subgraph can be told. */
export const ordersConfig = subgraphConfig.extend({
  placement: z
    .strictObject({
      /**
       * How long `placeOrder` waits to hear whether the stock is there, before it answers with an order that is PLACED;
       * `0s`: not at all. Below the time that the gateway gives a subgraph.
       */
      waitForStock: duration().prefault('1.5s'),
    })
    .prefault({}),
  saga: z
    .strictObject({
      /**
       * An order that took no step for so long before it was confirmed is cancelled. Longer than a reservation and a
       * payment's challenge live: it is for what these no longer end, such as a message that never came.
       */
      timeout: duration().prefault('30m'),
      /** How often such orders are looked for. */
      sweepEvery: duration().prefault('30s'),
    })
    .prefault({}),
});

export type OrdersConfig = z.output<typeof ordersConfig>;
