import {
  afterCommit,
  type CloudEvent,
  type Db,
  type EventHandler,
  type Money,
  onEvent,
  type ServiceKit,
} from '@tributary/service-kit';
import { accountClosed, captureRequested, paymentRequested, paymentVoided, returnRequested } from '../events.ts';
import { lockAndVoidOrder, lockOrder } from '../store/order-store.ts';
import { eraseCards, listPaymentsOfOrders, lockPayment } from '../store/payment-store.ts';
import { closeWallet } from '../store/wallet-store.ts';
import type { PaymentFlow } from './payment-flow.ts';
import type { PaymentTrigger } from './payment-transitions.ts';
import { type PromiseRefund, refundableMinor } from './promise-refund.ts';
import { createRequestPayment } from './request-payment.ts';

type Parts = Pick<ServiceKit, 'log'> & { flow: PaymentFlow; promiseRefund: PromiseRefund; wake(): void };

/** What payments does about the events of other services. The provider is never called here. */
export function createEventHandlers({ log, flow, promiseRefund, wake }: Parts): readonly EventHandler[] {
  /** Lets `trigger` happen to each payment of an order; the table of transitions picks those that it concerns. */
  const advanceAll = async (tx: Db, orderId: string, trigger: PaymentTrigger): Promise<void> => {
    for (const { id } of await listPaymentsOfOrders(tx, [orderId])) await flow.advance(tx, id, () => ({ trigger }));
  };

  /** Refunds what was sent back, as far as an administrator has not refunded it already. */
  const refundReturn = async (event: CloudEvent<{ orderId: string; amount: Money }>, tx: Db): Promise<void> => {
    const { orderId, amount } = event.data;
    for (const { id } of await listPaymentsOfOrders(tx, [orderId])) {
      const payment = await lockPayment(tx, id);
      const amountMinor = payment === undefined ? 0 : Math.min(amount.amountMinor, refundableMinor(payment));
      if (payment === undefined || amountMinor === 0 || payment.currency !== amount.currency) continue;
      await promiseRefund(tx, payment, { amountMinor, cause: 'RETURN', idempotencyKey: `return:${event.id}` });
      return;
    }
    log.warn({ event_id: event.id, order_id: orderId }, 'a return finds nothing that could be refunded');
  };

  return [
    onEvent(paymentRequested, createRequestPayment({ flow, wake })),
    onEvent(captureRequested, async ({ data: { orderId } }, tx) => {
      await lockOrder(tx, orderId);
      await advanceAll(tx, orderId, 'CAPTURE_REQUESTED');
    }),
    onEvent(paymentVoided, async ({ data: { orderId } }, tx) => {
      await lockAndVoidOrder(tx, orderId);
      await advanceAll(tx, orderId, 'VOID_REQUESTED');
    }),
    onEvent(returnRequested, refundReturn),
    onEvent(accountClosed, async ({ data: { userId } }, tx) => {
      await closeWallet(tx, userId);
      afterCommit(wake);
      await eraseCards(tx, userId);
    }),
  ];
}
