import { DomainError, type Identity, isId, notFound, requireUser, type ServiceKit } from '@tributary/service-kit';
import type { CallProvider } from '../provider/call-provider.ts';
import { findPayment, type PaymentRow } from '../store/payment-store.ts';
import { inputText } from './input-text.ts';
import type { PaymentFlow } from './payment-flow.ts';

const MAX_CODE_LENGTH = 32;

/**
 * Passes the customer's answer on to the bank, and records what it says. After SERVICE_UNAVAILABLE the same answer may
 * be given again.
 *
 * @throws CodedError UNAUTHENTICATED, SERVICE_UNAVAILABLE; DomainError NotFoundError, ChallengeNotOpenError,
 * WrongChallengeCodeError, CardNumberRefusedError, InvalidInputError
 */
export type CompleteChallenge = (
  identity: Identity,
  input: { paymentId: string; code: string },
) => Promise<PaymentRow | null>;

type Parts = Pick<ServiceKit, 'database'> & { call: CallProvider; flow: PaymentFlow };

export function createCompleteChallenge({ database, call, flow }: Parts): CompleteChallenge {
  return async (identity, { paymentId, code }) => {
    const { userId } = requireUser(identity);
    const answer = inputText('code', code, MAX_CODE_LENGTH);
    const payment = isId(paymentId) ? await findPayment(database.db, paymentId) : undefined;
    if (payment?.customerId !== userId) throw notFound('payment');
    const { status, challengeExpiresAt } = payment;
    if (challengeExpiresAt === null || challengeExpiresAt.getTime() <= Date.now()) {
      throw new DomainError('ChallengeNotOpenError', 'The bank asks nothing about this payment.', { status });
    }
    const charge = await call((provider, signal) => provider.answerChallenge(paymentId, answer, signal));
    if (charge.status === 'CHALLENGED') {
      throw new DomainError('WrongChallengeCodeError', 'The code is wrong. Try again.');
    }
    return (await database.transaction((tx) => flow.record(tx, paymentId, charge))).payment ?? null;
  };
}
