import type Stripe from 'stripe';
import type { Charge, DeclineReason } from './payment-provider.ts';

/** What our rows are called in Stripe's metadata. */
export const PAYMENT_ID = 'payment_id';
export const REFUND_ID = 'refund_id';
export const ORDER_ID = 'order_id';

/** Decline codes and error codes that say more than a bank's no. */
const REASONS: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: 'INSUFFICIENT_FUNDS',
  authentication_required: 'CHALLENGE_FAILED',
  payment_intent_authentication_failure: 'CHALLENGE_FAILED',
  resource_missing: 'PAYMENT_METHOD_UNAVAILABLE',
  payment_method_unexpected_state: 'PAYMENT_METHOD_UNAVAILABLE',
};

/** Our reason for Stripe's decline code or, where that says nothing more, its error code. */
export const declineReasonOf = (declineCode: string | undefined, code: string | undefined): DeclineReason =>
  REASONS[declineCode ?? ''] ?? REASONS[code ?? ''] ?? 'CARD_DECLINED';

/**
 * A PaymentIntent as our charge; undefined while nobody has been asked for money, which is as good as no charge.
 *
 * @throws Error while Stripe does not know the outcome itself
 */
export function chargeOf(intent: Stripe.PaymentIntent): Charge | undefined {
  switch (intent.status) {
    case 'requires_confirmation':
      return undefined;
    case 'requires_payment_method': {
      const error = intent.last_payment_error;
      return error === null
        ? undefined
        : { status: 'DECLINED', reason: declineReasonOf(error.decline_code, error.code) };
    }
    case 'requires_action':
      return challengeOf(intent);
    case 'requires_capture':
      return { status: 'AUTHORIZED' };
    case 'succeeded':
      return { status: 'CAPTURED' };
    case 'canceled':
      return { status: 'VOIDED' };
    default:
      throw new Error(`the payment is ${intent.status} at Stripe`);
  }
}

function challengeOf({ next_action: action }: Stripe.PaymentIntent): Charge {
  const url = action?.redirect_to_url?.url;
  if (url == null) throw new Error('the payment needs an action at Stripe that has no address');
  const instructions = 'Your bank asks you to confirm the payment on its page. Come back here when it is done.';
  return { status: 'CHALLENGED', url, instructions };
}
