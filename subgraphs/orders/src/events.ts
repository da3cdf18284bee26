import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';
import { ORDER_STATUSES } from './tables.ts';

const MAX_INT32 = 2 ** 31 - 1;
const amount = z.object({ amountMinor: z.int().min(1).max(MAX_INT32), currency: z.string().regex(/^[A-Z]{3}$/) });
const orderId = z.uuid();
const lines = z.array(z.object({ productId: z.uuid(), quantity: z.int().positive().max(MAX_INT32) }));
const aboutOrder = z.object({ orderId });
const announced = z.object({ orderId, customerId: z.uuid(), number: z.string() });
const aboutPayment = z.object({ orderId, paymentId: z.uuid() });

export const CANCELLATION_REASONS = ['CUSTOMER', 'OUT_OF_STOCK', 'PAYMENT_DECLINED', 'EXPIRED', 'ADMIN'] as const;

// What this service says. Each event's subject is the order's id.

export const orderPlaced = defineEvent('orders.order.placed.v1', announced.extend({ total: amount }), {
  subject: 'orderId',
  description: 'A customer ordered; neither stock nor payment is certain yet.',
});
export const orderConfirmed = defineEvent('orders.order.confirmed.v1', announced.extend({ total: amount }), {
  subject: 'orderId',
  description: 'Stock is reserved and the payment authorised: the order will be sent.',
});
export const orderCancelled = defineEvent(
  'orders.order.cancelled.v1',
  announced.extend({ reason: z.enum(CANCELLATION_REASONS) }),
  { subject: 'orderId', description: 'The order ended without being sent.' },
);
export const orderChanged = defineEvent(
  'orders.order.changed.v1',
  aboutOrder.extend({ status: z.enum(ORDER_STATUSES) }),
  {
    subject: 'orderId',
    description: 'The order was placed, or has taken a step: to another status, or in its timeline alone.',
  },
);
export const reservationRequested = defineEvent('orders.reservation.requested.v1', z.object({ orderId, lines }), {
  subject: 'orderId',
  description: 'The order needs this stock, all of it or none.',
});
export const reservationConfirmed = defineEvent('orders.reservation.confirmed.v1', aboutOrder, {
  subject: 'orderId',
  description: 'Reserved stock is sold.',
});
export const reservationReleased = defineEvent('orders.reservation.released.v1', aboutOrder, {
  subject: 'orderId',
  description: 'Stock goes back; may come before the reservation that it ends.',
});
export const paymentRequested = defineEvent(
  'orders.payment.requested.v1',
  z.object({ orderId, customerId: z.uuid(), paymentMethodId: z.uuid(), amount }),
  { subject: 'orderId', description: 'The order is to be paid: set the money aside.' },
);
export const captureRequested = defineEvent('orders.capture.requested.v1', aboutOrder, {
  subject: 'orderId',
  description: 'The money that was set aside is to be collected.',
});
export const paymentVoided = defineEvent('orders.payment.voided.v1', aboutOrder, {
  subject: 'orderId',
  description:
    'The payment must not take effect: voided, or refunded in full when captured; may come before the authorisation.',
});
export const returnRequested = defineEvent('orders.return.requested.v1', announced.extend({ lines, amount }), {
  subject: 'orderId',
  description: 'Articles of a paid order come back, and this amount is to be refunded for them.',
});

// What it hears, with the fields that it reads.

export const productChanged = defineEvent(
  'inventory.product.changed.v1',
  z.object({
    productId: z.uuid(),
    sku: z.string(),
    name: z.string(),
    price: z.object({ amountMinor: z.int().min(0).max(MAX_INT32), currency: z.string() }),
    weightGrams: z.int().min(0).max(MAX_INT32),
    active: z.boolean(),
    version: z.int().max(MAX_INT32),
  }),
);
export const stockReserved = defineEvent('inventory.stock.reserved.v1', aboutOrder);
export const stockRejected = defineEvent(
  'inventory.stock.rejected.v1',
  aboutOrder.extend({
    /** What there was too little of. An event from before this was said has none. */
    products: z
      .array(
        z.object({ productId: z.uuid(), requested: z.int().max(MAX_INT32), available: z.int().min(0).max(MAX_INT32) }),
      )
      .default([]),
  }),
);
export const reservationExpired = defineEvent('inventory.reservation.expired.v1', aboutOrder);
export const paymentAuthorized = defineEvent('payments.payment.authorized.v1', aboutPayment);
export const paymentDeclined = defineEvent('payments.payment.declined.v1', aboutPayment);
export const paymentChallenged = defineEvent('payments.payment.challenged.v1', aboutPayment);
export const paymentCaptured = defineEvent('payments.payment.captured.v1', aboutPayment);
export const paymentRefunded = defineEvent(
  'payments.payment.refunded.v1',
  z.object({ orderId, refundId: z.uuid(), amount, fullyRefunded: z.boolean() }),
);
export const accountClosed = defineEvent('users.account.closed.v1', z.object({ userId: z.uuid() }));
