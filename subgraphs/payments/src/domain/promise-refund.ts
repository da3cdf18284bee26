import { afterCommit, currentTraceparent, type Db, newId } from '@tributary/service-kit';
import { changePayment, type PaymentRow } from '../store/payment-store.ts';
import { insertRefund, type RefundRow } from '../store/refund-store.ts';
import { postRefund } from './ledger.ts';

/** A refund that is to be made. */
export interface RefundPromise {
  amountMinor: number;
  cause: RefundRow['cause'];
  idempotencyKey: string;
  reason?: string;
  requestHash?: string;
}

/**
 * Promises a refund: its row, the payment's sum and the ledger's record. `payment` is as it is now, its row held by
 * this transaction. Gives undefined, and changes nothing, when the key has been used.
 */
export type PromiseRefund = (tx: Db, payment: PaymentRow, promise: RefundPromise) => Promise<RefundRow | undefined>;

/** What can still be refunded of a payment. */
export const refundableMinor = ({ capturedMinor, promisedMinor }: PaymentRow): number => capturedMinor - promisedMinor;

/** @param wake tells the worker that there is something to do */
export const createPromiseRefund =
  (wake: () => void): PromiseRefund =>
  async (tx, payment, promise) => {
    const refund = await insertRefund(tx, {
      ...promise,
      id: newId(),
      paymentId: payment.id,
      traceparent: currentTraceparent() ?? null,
    });
    if (refund === undefined) return undefined;
    const promisedMinor = payment.promisedMinor + refund.amountMinor;
    const changed = await changePayment(tx, payment, { promisedMinor });
    if (changed === undefined) throw new Error('a refund was promised on a payment that nobody held');
    await postRefund(tx, 'REFUND_PROMISED', changed, refund);
    afterCommit(wake);
    return refund;
  };
