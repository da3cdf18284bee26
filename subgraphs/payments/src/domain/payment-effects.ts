import { type Db, type EmitEvent, newId } from '@tributary/service-kit';
import { paymentAuthorized, paymentCaptured, paymentChallenged, paymentDeclined } from '../events.ts';
import type { PaymentRow } from '../store/payment-store.ts';
import { postCapture } from './ledger.ts';
import type { PaymentEffect } from './payment-transitions.ts';
import { type PromiseRefund, refundableMinor } from './promise-refund.ts';

type Effects = Readonly<Record<PaymentEffect, (tx: Db, payment: PaymentRow) => Promise<void>>>;

/** How each effect is done, in the transaction of the step that has it. */
export const createEffects = (emit: EmitEvent, promiseRefund: PromiseRefund): Effects => ({
  announceAuthorization: (tx, payment) => emit(tx, paymentAuthorized, payment.orderId, announcement(payment)),
  announceChallenge: (tx, payment) => emit(tx, paymentChallenged, payment.orderId, announcement(payment)),
  announceDecline(tx, payment) {
    const { orderId, declineReason: reason } = payment;
    if (reason === null) throw new Error('a declined payment has no reason');
    return emit(tx, paymentDeclined, orderId, { ...announcement(payment), reason });
  },
  postCapture,
  announceCapture: (tx, payment) => emit(tx, paymentCaptured, payment.orderId, announcement(payment)),
  async refundRest(tx, payment) {
    const amountMinor = refundableMinor(payment);
    if (amountMinor === 0) return;
    await promiseRefund(tx, payment, { amountMinor, cause: 'CANCELLATION', idempotencyKey: `void:${newId()}` });
  },
});

/** What each event says of the payment that it is about. */
export const announcement = ({ id, orderId, customerId }: PaymentRow) => ({ orderId, paymentId: id, customerId });
