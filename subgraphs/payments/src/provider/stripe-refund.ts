import type Stripe from 'stripe';
import type { PaymentProvider } from './payment-provider.ts';
import { PAYMENT_ID, REFUND_ID } from './stripe-charge.ts';
import type { StripeClient } from './stripe-client.ts';
import { StripeFailure } from './stripe-failure.ts';

/** A payment has fewer refunds than one page holds: each is at least a cent, and made by a person or a return. */
const PAGE = 100;

/** Refusals that stay so: the money is not there to be given back. */
const REFUSALS = ['charge_already_refunded', 'charge_disputed', 'charge_not_refundable', 'refund_disputed_payment'];

/**
 * Refunds at Stripe. Each attempt looks for the refund of an earlier one first, in the list of the payment's refunds,
 * which unlike Stripe's search is up to date: idempotency keys are forgotten after a day, and a refund may be tried for
 * longer. Two attempts at once are kept apart by the key.
 *
 * @param intentIdOf the PaymentIntent of a charge of ours
 */
export function createStripeRefund(
  { ask }: StripeClient,
  intentIdOf: (chargeKey: string) => Promise<string | undefined>,
): PaymentProvider['refund'] {
  const make = async (
    intentId: string,
    { key, chargeKey, amountMinor }: Parameters<PaymentProvider['refund']>[0],
    signal: AbortSignal,
  ): Promise<Stripe.Refund> => {
    const made = await ask(signal, (stripe) => stripe.refunds.list({ payment_intent: intentId, limit: PAGE }));
    const earlier = made.data.find(({ metadata }) => metadata?.[REFUND_ID] === key);
    if (earlier !== undefined) return earlier;
    // A page that is full may hide the earlier one.
    if (made.has_more) throw new Error('the payment has more refunds at Stripe than one page holds');
    const metadata = { [REFUND_ID]: key, [PAYMENT_ID]: chargeKey };
    return ask(signal, (stripe) =>
      stripe.refunds.create(
        { payment_intent: intentId, amount: amountMinor, metadata },
        { idempotencyKey: `${key}:refund` },
      ),
    );
  };

  return async (refund, signal) => {
    const intentId = await intentIdOf(refund.chargeKey);
    if (intentId === undefined) return 'FAILED';
    try {
      return outcomeOf(await make(intentId, refund, signal));
    } catch (error) {
      if (error instanceof StripeFailure && isRefusal(error)) return 'FAILED';
      throw error;
    }
  };
}

/** @throws Error while Stripe does not know itself; its webhook, or the next attempt, tells the end */
function outcomeOf(refund: Stripe.Refund): 'SUCCEEDED' | 'FAILED' {
  const status = refundStatusOf(refund);
  if (status === undefined) throw new Error(`the refund is ${refund.status} at Stripe`);
  return status;
}

/** How a refund has ended, for now: one that has succeeded can fail weeks later. Undefined while it has not. */
export function refundStatusOf({ status }: Pick<Stripe.Refund, 'status'>): 'SUCCEEDED' | 'FAILED' | undefined {
  if (status === 'succeeded') return 'SUCCEEDED';
  return status === 'failed' || status === 'canceled' ? 'FAILED' : undefined;
}

/** Stripe has no code for a refund of more than is left, and for that of a payment that was not captured. */
const isRefusal = ({ reason, parameter }: StripeFailure): boolean =>
  REFUSALS.includes(reason ?? '') || parameter === 'amount' || reason === 'payment_intent_unexpected_state';
