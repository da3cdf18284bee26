import { afterCommit, type CloudEvent, currentTraceparent, type Db, type Money, newId } from '@tributary/service-kit';
import { lockOrder } from '../store/order-store.ts';
import { insertPayment } from '../store/payment-store.ts';
import { findPaymentMethod } from '../store/wallet-store.ts';
import type { PaymentFlow } from './payment-flow.ts';

/** What an order wants to be paid. */
export interface PaymentRequest {
  orderId: string;
  attempt: number;
  customerId: string;
  paymentMethodId: string;
  amount: Money;
}

/**
 * Writes the payment that an order asks for, once for each attempt, and leaves the rest to the worker. One that was
 * called off before is written as VOIDED; one by a method that the customer does not have is declined at once.
 */
export const createRequestPayment =
  ({ flow, wake }: { flow: PaymentFlow; wake(): void }) =>
  async ({ data }: CloudEvent<PaymentRequest>, tx: Db): Promise<void> => {
    const { orderId, attempt, customerId, paymentMethodId, amount } = data;
    const { voided } = await lockOrder(tx, orderId);
    const method = await findPaymentMethod(tx, customerId, paymentMethodId);
    const payment = await insertPayment(tx, {
      id: newId(),
      orderId,
      attempt,
      customerId,
      paymentMethodId,
      cardBrand: method?.brand ?? null,
      cardLast4: method?.last4 ?? null,
      status: voided ? 'VOIDED' : 'PENDING',
      currency: amount.currency,
      amountMinor: amount.amountMinor,
      task: voided || method === undefined ? null : 'AUTHORIZE',
      traceparent: currentTraceparent() ?? null,
    });
    if (payment === undefined) return;
    flow.count(payment);
    if (payment.task !== null) afterCommit(wake);
    if (payment.status === 'PENDING' && method === undefined) {
      await flow.record(tx, payment.id, { status: 'DECLINED', reason: 'PAYMENT_METHOD_UNAVAILABLE' });
    }
  };
