import type { Db } from '@tributary/service-kit';
import { changePayment } from '../store/payment-store.ts';
import { failPaidRefund } from '../store/refund-store.ts';
import { postRefund } from './ledger.ts';
import type { PaymentFlow } from './payment-flow.ts';

/**
 * Books back a refund that the provider has paid and that has failed since, as when the customer's bank sends it back:
 * its amount can be refunded again. Refused when the refund is not one that was paid.
 */
export type ReverseRefund = (tx: Db, refundId: string) => Promise<'applied' | 'refused'>;

export const createReverseRefund =
  (flow: PaymentFlow): ReverseRefund =>
  async (tx, refundId) => {
    const refund = await failPaidRefund(tx, refundId);
    if (refund === undefined) return 'refused';
    const { amountMinor, paymentId } = refund;
    const { payment, taken } = await flow.advance(tx, paymentId, ({ refundedMinor }) => ({
      trigger: refundedMinor === amountMinor ? 'REFUND_REVERSED_IN_FULL' : 'REFUND_REVERSED_IN_PART',
      refundMinor: -amountMinor,
    }));
    if (payment === undefined || !taken) throw new Error('a refund that was paid has no payment that it could be of');
    await changePayment(tx, payment, { promisedMinor: payment.promisedMinor - amountMinor });
    await postRefund(tx, 'REFUND_REVERSED', payment, refund);
    await postRefund(tx, 'REFUND_FAILED', payment, refund);
    return 'applied';
  };
