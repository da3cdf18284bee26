import type { Db } from '@tributary/service-kit';
import { findPayment, type PaymentRow } from '../store/payment-store.ts';
import { findRefunds, listRefundsOfPayments, type RefundRow, setRefundAnswer } from '../store/refund-store.ts';
import type { RefundAnswer } from '../tables.ts';

/** What `refundPayment` answers: the refund, and its payment as the refund has left it. */
export interface RefundView {
  refund: RefundRow & { currency: string };
  payment: PaymentRow & { refundsThen: readonly RefundRow[] };
}

/** Keeps the answer to a refund that was made a moment ago, in its transaction, and gives it. */
export async function keepAnswer(tx: Db, refund: RefundRow): Promise<RefundView> {
  const payment = await findPayment(tx, refund.paymentId);
  if (payment === undefined) throw new Error('a refund was made of a payment that is not there');
  const { status, refundedMinor, updatedAt } = payment;
  const shown = await listRefundsOfPayments(tx, [payment.id]);
  const answer: RefundAnswer = {
    status,
    refundedMinor,
    updatedAt: updatedAt.toISOString(),
    refunds: shown.map((row) => ({ id: row.id, status: row.status })),
  };
  await setRefundAnswer(tx, refund.id, answer);
  return answerAgain(tx, { ...refund, answer }, payment);
}

/**
 * The answer that was given to a refund's key. What can have changed since is as it was then; only the card is shown as
 * it is now, for it must be gone when its owner is. Other services' fields of what it leads to are theirs.
 *
 * @param payment as it is now
 */
export async function answerAgain(tx: Db, { answer, ...refund }: RefundRow, payment: PaymentRow): Promise<RefundView> {
  // Made by a version of this service that kept none.
  if (answer === null) return keepAnswer(tx, { answer, ...refund });
  const { status, refundedMinor, updatedAt, refunds } = answer;
  const statusThen = new Map(refunds.map((row) => [row.id, row.status]));
  const rows = await findRefunds(tx, [...statusThen.keys()]);
  const refundsThen = rows.map((row) => ({ ...row, status: statusThen.get(row.id) ?? row.status }));
  return {
    refund: { ...refund, answer, status: statusThen.get(refund.id) ?? refund.status, currency: payment.currency },
    // Nothing can be refunded of a payment that is declined or challenged, so those fields are empty.
    payment: { ...payment, status, refundedMinor, updatedAt: new Date(updatedAt), refundsThen },
  };
}
