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

const UNASKED: readonly Stripe.PaymentIntent.Status[] = ['requires_confirmation', 'requires_payment_method'];

const STATUSES: Readonly<
  Partial<Record<Stripe.PaymentIntent.Status, 'CHALLENGED' | 'AUTHORIZED' | 'CAPTURED' | 'VOIDED'>>
> = {
  requires_action: 'CHALLENGED',
  requires_capture: 'AUTHORIZED',
  succeeded: 'CAPTURED',
  canceled: 'VOIDED',
};

/**
 * A PaymentIntent as our charge; undefined while nobody has been asked for money, which is as good as no charge.
 *
 * @throws Error while Stripe does not know the outcome itself
 */
export function chargeOf(intent: Stripe.PaymentIntent): Charge | undefined {
  const status = chargeStatusOf(intent);
  if (status === 'CHALLENGED') return challengeOf(intent);
  if (status === 'DECLINED') {
    const error = intent.last_payment_error;
    return { status, reason: declineReasonOf(error?.decline_code, error?.code) };
  }
  if (status !== undefined) return { status };
  if (UNASKED.includes(intent.status)) return undefined;
  throw new Error(`the payment is ${intent.status} at Stripe`);
}

/** The same of one for which somebody has been asked. @throws Error also where nobody has */
export function askedChargeOf(intent: Stripe.PaymentIntent): Charge {
  const charge = chargeOf(intent);
  if (charge === undefined) throw new Error('the payment is not confirmed at Stripe');
  return charge;
}

/** The status alone; undefined also while Stripe does not know it, and for one that it did not have when this was made. */
export function chargeStatusOf({ status, last_payment_error: error }: Stripe.PaymentIntent) {
  if (status === 'requires_payment_method') return error === null ? undefined : 'DECLINED';
  return STATUSES[status];
}

function challengeOf({ next_action: action }: Stripe.PaymentIntent): Charge {
  const url = action?.redirect_to_url?.url;
  if (url == null) throw new Error('the payment needs an action at Stripe that has no address');
  const instructions = 'Your bank asks you to confirm the payment on its page. Come back here when it is done.';
  return { status: 'CHALLENGED', url, instructions };
}
