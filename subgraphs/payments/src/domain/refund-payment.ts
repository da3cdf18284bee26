import { createHash } from 'node:crypto';
import {
  type Db,
  DomainError,
  type Identity,
  invalidInput,
  isId,
  type Money,
  money,
  notFound,
  requireAdmin,
  type ServiceKit,
} from '@tributary/service-kit';
import { lockPayment, type PaymentRow } from '../store/payment-store.ts';
import { findRefundByKey } from '../store/refund-store.ts';
import { inputText } from './input-text.ts';
import { type PromiseRefund, type RefundPromise, refundableMinor } from './promise-refund.ts';
import { answerAgain, keepAnswer, type RefundView } from './refund-answer.ts';

const MAX_REASON_LENGTH = 500;
const MAX_KEY_LENGTH = 128;

export interface RefundPaymentInput {
  paymentId: string;
  amount: Money;
  reason: string;
  idempotencyKey: string;
}

/**
 * Promises money back; the worker pays it. The same administrator's same key with the same input is given the first
 * answer again, whatever has become of the refund; a refusal is not kept, for it has changed nothing.
 *
 * @throws CodedError UNAUTHENTICATED, FORBIDDEN; DomainError NotFoundError, NothingToRefundError, RefundTooLargeError,
 * RefundCurrencyError, RefundKeyReusedError, CardNumberRefusedError, InvalidInputError
 */
export type RefundPayment = (identity: Identity, input: RefundPaymentInput) => Promise<RefundView>;

type Parts = Pick<ServiceKit, 'database'> & { promiseRefund: PromiseRefund };

export function createRefundPayment({ database, promiseRefund }: Parts): RefundPayment {
  return async (identity, input) => {
    const promise = checkInput(requireAdmin(identity).userId, input);
    return database.transaction(async (tx) => {
      // The payment's lock lets attempts with one key through one by one: the second finds the first one's refund.
      const payment = isId(input.paymentId) ? await lockPayment(tx, input.paymentId) : undefined;
      if (payment === undefined) throw notFound('payment');
      const earlier = await findEarlier(tx, promise);
      if (earlier !== undefined) return answerAgain(tx, earlier, payment);
      checkAmount(payment, input.amount);
      const refund = await promiseRefund(tx, payment, promise);
      // Of another payment, at this very moment.
      if (refund === undefined) throw keyReused();
      return keepAnswer(tx, refund);
    });
  };
}

function checkInput(userId: string, input: RefundPaymentInput): RefundPromise & { requestHash: string } {
  const { paymentId, amount } = input;
  const key = inputText('idempotencyKey', input.idempotencyKey, MAX_KEY_LENGTH);
  const reason = inputText('reason', input.reason, MAX_REASON_LENGTH);
  if (amount.amountMinor < 1) throw invalidInput('amount.amountMinor', 'A refund is at least 1.');
  const parameters = [paymentId, amount.amountMinor, amount.currency, reason];
  return {
    amountMinor: amount.amountMinor,
    cause: 'ADMIN',
    reason,
    idempotencyKey: `admin:${userId}:${key}`,
    requestHash: createHash('sha256').update(JSON.stringify(parameters)).digest('hex'),
  };
}

async function findEarlier(tx: Db, promise: { idempotencyKey: string; requestHash: string }) {
  const earlier = await findRefundByKey(tx, promise.idempotencyKey);
  if (earlier !== undefined && earlier.requestHash !== promise.requestHash) throw keyReused();
  return earlier;
}

function checkAmount(payment: PaymentRow, { amountMinor, currency }: Money): void {
  if (payment.capturedMinor === 0) {
    const { status } = payment;
    throw new DomainError('NothingToRefundError', 'No money of this payment was collected.', { status });
  }
  if (currency !== payment.currency) {
    throw new DomainError('RefundCurrencyError', `The payment was made in ${payment.currency}.`, {
      currency: payment.currency,
    });
  }
  if (amountMinor > refundableMinor(payment)) {
    throw new DomainError('RefundTooLargeError', 'That is more than can be refunded.', {
      refundable: money(refundableMinor(payment), currency),
    });
  }
}

const keyReused = () => new DomainError('RefundKeyReusedError', 'That key was used for a refund with other input.');
