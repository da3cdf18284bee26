import type Stripe from 'stripe';
import type { Charge, PaymentProvider } from './payment-provider.ts';
import type { StripeCards } from './stripe-cards.ts';
import { askedChargeOf, declineReasonOf, ORDER_ID, PAYMENT_ID } from './stripe-charge.ts';
import type { StripeClient } from './stripe-client.ts';
import { StripeFailure } from './stripe-failure.ts';

type Authorization = Parameters<PaymentProvider['authorize']>[0];
type IntentStatus = Stripe.PaymentIntent['status'];

/** What is done to PaymentIntents; each gives the charge as it is then. */
export interface StripeIntents {
  retrieve(id: string, signal: AbortSignal): Promise<Stripe.PaymentIntent>;
  /** The intent for a new charge, not confirmed; or why there is none. */
  create(charge: Authorization, signal: AbortSignal): Promise<Stripe.PaymentIntent | Charge>;
  confirm(intent: Stripe.PaymentIntent, signal: AbortSignal): Promise<Charge>;
  capture(intent: Stripe.PaymentIntent, signal: AbortSignal): Promise<Charge>;
  cancel(intent: Stripe.PaymentIntent, signal: AbortSignal): Promise<Charge>;
}

/** @param returnUrl where the bank's page leads back to */
export function createStripeIntents(
  { ask }: StripeClient,
  cards: Pick<StripeCards, 'customerOf'>,
  returnUrl: string,
): StripeIntents {
  /**
   * Does something to an intent, if it is in one of `from`, and gives the charge as it is then. The status is a part of
   * the idempotency key: Stripe repeats a refusal for a day, even when the intent has since become what it must be.
   */
  async function act(
    intent: Stripe.PaymentIntent,
    from: readonly IntentStatus[],
    signal: AbortSignal,
    [verb, call]: [string, (stripe: Stripe, options: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>],
  ): Promise<Charge> {
    if (!from.includes(intent.status)) return askedChargeOf(intent);
    const idempotencyKey = `${intent.id}:${verb}:${intent.status}`;
    return askedChargeOf(await ask(signal, (stripe) => call(stripe, { idempotencyKey })));
  }

  return {
    retrieve: (id, signal) => ask(signal, (stripe) => stripe.paymentIntents.retrieve(id)),
    async create(charge, signal) {
      const customer = await cards.customerOf(charge.token, signal);
      if (customer === undefined) return { status: 'DECLINED', reason: 'PAYMENT_METHOD_UNAVAILABLE' };
      const options = { idempotencyKey: `${charge.key}:authorize` };
      try {
        return await ask(signal, (stripe) => stripe.paymentIntents.create(intentOf(charge, customer), options));
      } catch (error) {
        // Less, or more, than Stripe moves at once: it will never be otherwise.
        if (error instanceof StripeFailure && /^amount_too_(small|large)$/.test(error.reason ?? '')) {
          return { status: 'DECLINED', reason: 'CARD_DECLINED' };
        }
        throw error;
      }
    },
    // The customer is there, at the shop, so that the bank may ask; hence neither `off_session` nor an exemption.
    confirm: (intent, signal) =>
      orDeclined(
        act(intent, ['requires_confirmation'], signal, [
          'confirm',
          (stripe, options) => stripe.paymentIntents.confirm(intent.id, { return_url: returnUrl }, options),
        ]),
      ),
    capture: (intent, signal) =>
      orDeclined(
        act(intent, ['requires_capture'], signal, [
          'capture',
          (stripe, options) => stripe.paymentIntents.capture(intent.id, {}, options),
        ]),
      ),
    cancel: (intent, signal) =>
      act(intent, CANCELABLE, signal, [
        'cancel',
        (stripe, options) => stripe.paymentIntents.cancel(intent.id, {}, options),
      ]),
  };
}

const CANCELABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

const intentOf = (
  { key, token, amountMinor, currency, reference }: Authorization,
  customer: string,
): Stripe.PaymentIntentCreateParams => ({
  amount: amountMinor,
  currency: currency.toLowerCase(),
  capture_method: 'manual',
  allowed_payment_method_types: ['card'],
  payment_method: token,
  customer,
  metadata: { [PAYMENT_ID]: key, [ORDER_ID]: reference },
});

/** The answer to a card that was refused. */
async function orDeclined(asked: Promise<Charge>): Promise<Charge> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof StripeFailure && error.isCardError)) throw error;
    return { status: 'DECLINED', reason: declineReasonOf(error.declineCode, error.reason) };
  }
}
