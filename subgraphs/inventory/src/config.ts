import { duration, subgraphConfig } from '@tributary/service-kit';
import { z } from 'zod';

/** What the inventory subgraph can be told. */
export const inventoryConfig = subgraphConfig.extend({
  reservations: z
    .strictObject({
      /** How long stock is set aside for an order that is not confirmed; enough for a payment with a challenge. */
      lifetime: duration().prefault('15m'),
      /** How often overdue reservations are looked for. */
      sweepEvery: duration().prefault('5s'),
    })
    .prefault({}),
});

export type InventoryConfig = z.output<typeof inventoryConfig>;
