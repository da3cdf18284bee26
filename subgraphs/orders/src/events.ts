import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';

const MAX_INT32 = 2 ** 31 - 1;
const amount = z.object({ amountMinor: z.int().min(0).max(MAX_INT32), currency: z.string() });
const orderId = z.uuid();
const lines = z.array(z.object({ productId: z.uuid(), quantity: z.int().positive() }));
const aboutOrder = z.object({ orderId });
const announced = z.object({ orderId, customerId: z.uuid(), number: z.string() });
const aboutPayment = z.object({ orderId, paymentId: z.uuid() });

export const CANCELLATION_REASONS = ['CUSTOMER', 'OUT_OF_STOCK', 'PAYMENT_DECLINED', 'EXPIRED', 'ADMIN'] as const;

// What this service says. Each event's subject is the order's id.

export const orderPlaced = defineEvent('orders.order.placed.v1', announced.extend({ total: amount }));
export const orderConfirmed = defineEvent('orders.order.confirmed.v1', announced.extend({ total: amount }));
export const orderCancelled = defineEvent(
  'orders.order.cancelled.v1',
  announced.extend({ reason: z.enum(CANCELLATION_REASONS) }),
);
export const reservationRequested = defineEvent('orders.reservation.requested.v1', z.object({ orderId, lines }));
/** Reserved stock is sold. */
export const reservationConfirmed = defineEvent('orders.reservation.confirmed.v1', aboutOrder);
/** Stock goes back; may come before the reservation that it ends. */
export const reservationReleased = defineEvent('orders.reservation.released.v1', aboutOrder);
export const paymentRequested = defineEvent(
  'orders.payment.requested.v1',
  z.object({ orderId, customerId: z.uuid(), paymentMethodId: z.uuid(), amount }),
);
export const captureRequested = defineEvent('orders.capture.requested.v1', aboutOrder);
/** The payment must not take effect: voided, or refunded in full when captured; may come before the authorisation. */
export const paymentVoided = defineEvent('orders.payment.voided.v1', aboutOrder);
export const returnRequested = defineEvent('orders.return.requested.v1', announced.extend({ lines, amount }));

// What it hears, with the fields that it reads.

export const productChanged = defineEvent(
  'inventory.product.changed.v1',
  z.object({
    productId: z.uuid(),
    sku: z.string(),
    name: z.string(),
    price: amount,
    weightGrams: z.int().min(0).max(MAX_INT32),
    active: z.boolean(),
    version: z.int().max(MAX_INT32),
  }),
);
export const stockReserved = defineEvent('inventory.stock.reserved.v1', aboutOrder);
export const stockRejected = defineEvent('inventory.stock.rejected.v1', aboutOrder);
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
