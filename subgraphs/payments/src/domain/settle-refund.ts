import { type Db, type EmitEvent, money } from '@tributary/service-kit';
import { paymentRefunded } from '../events.ts';
import { changePayment, lockPayment, type PaymentRow } from '../store/payment-store.ts';
import { endRefund, hasRefund } from '../store/refund-store.ts';
import { postRefund } from './ledger.ts';
import { announcement } from './payment-effects.ts';
import type { PaymentFlow } from './payment-flow.ts';

/** Records how a refund ended at the provider: refused when its end is recorded already, unknown when there is none. */
export type SettleRefund = (
  tx: Db,
  refundId: string,
  outcome: 'SUCCEEDED' | 'FAILED',
) => Promise<'applied' | 'refused' | 'unknown'>;

export const createSettleRefund =
  (emit: EmitEvent, flow: PaymentFlow): SettleRefund =>
  async (tx, refundId, outcome) => {
    const refund = await endRefund(tx, refundId, outcome);
    if (refund === undefined) return (await hasRefund(tx, refundId)) ? 'refused' : 'unknown';
    const { amountMinor, paymentId } = refund;
    if (outcome === 'FAILED') {
      const payment = (await lockPayment(tx, paymentId)) ?? missing();
      await changePayment(tx, payment, { promisedMinor: payment.promisedMinor - amountMinor });
      await postRefund(tx, 'REFUND_FAILED', payment, refund);
      return 'applied';
    }
    const { payment, taken } = await flow.advance(tx, paymentId, ({ capturedMinor, refundedMinor }) => ({
      trigger: refundedMinor + amountMinor === capturedMinor ? 'REFUND_PAID_IN_FULL' : 'REFUND_PAID_IN_PART',
      refundMinor: amountMinor,
    }));
    if (payment === undefined || !taken) return missing();
    await postRefund(tx, 'REFUND_PAID', payment, refund);
    await emit(tx, paymentRefunded, payment.orderId, {
      ...announcement(payment),
      refundId,
      amount: money(amountMinor, payment.currency),
      fullyRefunded: payment.status === 'REFUNDED',
    });
    return 'applied';
  };

function missing(): PaymentRow & never {
  throw new Error('a refund has no payment that it could be of');
}
