import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';

const MAX_INT32 = 2 ** 31 - 1;
const orderId = z.uuid();
const lines = z.array(z.object({ productId: z.uuid(), quantity: z.int().positive().max(MAX_INT32) }));
const aboutOrder = z.object({ orderId });

// What this service says: of a product by its id, of an order by the order's.

export const productChanged = defineEvent(
  'inventory.product.changed.v1',
  z.object({
    productId: z.uuid(),
    sku: z.string(),
    name: z.string(),
    price: z.object({ amountMinor: z.int().min(0).max(MAX_INT32), currency: z.string().regex(/^[A-Z]{3}$/) }),
    weightGrams: z.int().min(0).max(MAX_INT32),
    active: z.boolean(),
    version: z.int().max(MAX_INT32),
  }),
  {
    subject: 'productId',
    description: 'How a product is from now on; said when it is made, too. The version counts its changes.',
  },
);
export const stockReserved = defineEvent('inventory.stock.reserved.v1', aboutOrder, {
  subject: 'orderId',
  description: 'All that the order needs is kept for it.',
});
export const stockRejected = defineEvent(
  'inventory.stock.rejected.v1',
  aboutOrder.extend({
    products: z.array(
      z.object({
        productId: z.uuid(),
        requested: z.int().positive().max(MAX_INT32),
        available: z.int().min(0).max(MAX_INT32),
      }),
    ),
  }),
  {
    subject: 'orderId',
    description: 'Not all that the order needs is there, and of which products too little; nothing is kept for it.',
  },
);
export const reservationExpired = defineEvent('inventory.reservation.expired.v1', aboutOrder, {
  subject: 'orderId',
  description: 'What was kept for the order was not sold in time, and is free again.',
});

// What it hears, with the fields that it reads.

export const reservationRequested = defineEvent('orders.reservation.requested.v1', z.object({ orderId, lines }));
export const reservationConfirmed = defineEvent('orders.reservation.confirmed.v1', aboutOrder);
export const reservationReleased = defineEvent('orders.reservation.released.v1', aboutOrder);
export const returnRequested = defineEvent('orders.return.requested.v1', z.object({ orderId, lines }));
