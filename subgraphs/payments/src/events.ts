import { defineEvent } from '@tributary/service-kit';
import { z } from 'zod';
import { DECLINE_REASONS } from './tables.ts';

const MAX_INT32 = 2 ** 31 - 1;
const amount = z.object({ amountMinor: z.int().min(1).max(MAX_INT32), currency: z.string().regex(/^[A-Z]{3}$/) });
const orderId = z.uuid();
const aboutOrder = z.object({ orderId });
const aboutPayment = z.object({ orderId, paymentId: z.uuid(), customerId: z.uuid() });

// What this service says. Each event's subject is the order's id.

export const paymentAuthorized = defineEvent('payments.payment.authorized.v1', aboutPayment, {
  subject: 'orderId',
  description: 'The money is set aside for the order, and can be captured.',
});
export const paymentChallenged = defineEvent('payments.payment.challenged.v1', aboutPayment, {
  subject: 'orderId',
  description: 'The customer has to confirm the payment before it goes on.',
});
export const paymentDeclined = defineEvent(
  'payments.payment.declined.v1',
  aboutPayment.extend({ reason: z.enum(DECLINE_REASONS) }),
  { subject: 'orderId', description: 'The order is not paid, and will not be by this payment.' },
);
export const paymentCaptured = defineEvent('payments.payment.captured.v1', aboutPayment, {
  subject: 'orderId',
  description: 'The money is collected.',
});
export const paymentRefunded = defineEvent(
  'payments.payment.refunded.v1',
  aboutPayment.extend({ refundId: z.uuid(), amount, fullyRefunded: z.boolean() }),
  { subject: 'orderId', description: 'Money went back to the customer; once for each refund.' },
);

// What it hears, with the fields that it reads.

export const paymentRequested = defineEvent(
  'orders.payment.requested.v1',
  z.object({
    orderId,
    customerId: z.uuid(),
    paymentMethodId: z.uuid(),
    amount,
    /** Counts up where an order is paid anew after a refusal. */
    attempt: z.int().min(1).max(100).default(1),
  }),
);
export const captureRequested = defineEvent('orders.capture.requested.v1', aboutOrder);
/** The payment must not take effect; may come before it is asked for. */
export const paymentVoided = defineEvent('orders.payment.voided.v1', aboutOrder);
export const returnRequested = defineEvent('orders.return.requested.v1', z.object({ orderId, amount }));
export const accountClosed = defineEvent('users.account.closed.v1', z.object({ userId: z.uuid() }));
