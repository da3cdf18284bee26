import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';

// What this service says.

export const notificationCreated = defineEvent(
  'notifications.notification.created.v1',
  z.object({ notificationId: z.uuid(), userId: z.uuid() }),
  { subject: 'userId', description: "Something was put into a user's inbox." },
);

// What it hears, with the fields that it reads.

const MAX_INT32 = 2 ** 31 - 1;
const amount = z.object({
  amountMinor: z.int().min(0).max(MAX_INT32),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
const orderId = z.uuid();
const aboutOrder = z.object({ orderId, customerId: z.uuid(), number: z.string() });
const aboutUser = z.object({ userId: z.uuid() });

export const orderPlaced = defineEvent('orders.order.placed.v1', aboutOrder.extend({ total: amount }));
export const orderConfirmed = defineEvent('orders.order.confirmed.v1', aboutOrder.extend({ total: amount }));
export const orderCancelled = defineEvent(
  'orders.order.cancelled.v1',
  aboutOrder.extend({ reason: z.enum(['CUSTOMER', 'OUT_OF_STOCK', 'PAYMENT_DECLINED', 'EXPIRED', 'ADMIN']) }),
);
export const returnRequested = defineEvent('orders.return.requested.v1', aboutOrder.extend({ amount }));
export const paymentChallenged = defineEvent(
  'payments.payment.challenged.v1',
  z.object({ orderId, customerId: z.uuid() }),
);
export const paymentRefunded = defineEvent(
  'payments.payment.refunded.v1',
  z.object({ orderId, customerId: z.uuid(), amount }),
);
export const accountRegistered = defineEvent('users.account.registered.v1', aboutUser);
export const accountClosed = defineEvent('users.account.closed.v1', aboutUser);
export const passwordChanged = defineEvent('users.password.changed.v1', aboutUser);
