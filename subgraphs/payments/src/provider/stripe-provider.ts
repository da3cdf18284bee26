import type { Database } from '@tributary/service-kit';
import type Stripe from 'stripe';
import type { StripeProviderConfig } from '../config.ts';
import { findStripeCharge, keepStripeCharge } from '../store/stripe-charge-store.ts';
import type { Charge, PaymentProvider } from './payment-provider.ts';
import { createStripeCards } from './stripe-cards.ts';
import { chargeOf, declineReasonOf, ORDER_ID, PAYMENT_ID } from './stripe-charge.ts';
import { createStripeClient } from './stripe-client.ts';
import { StripeFailure } from './stripe-failure.ts';
import { createStripeRefund } from './stripe-refund.ts';
import { createStripeStatement } from './stripe-statement.ts';

type Authorization = Parameters<PaymentProvider['authorize']>[0];
type IntentStatus = Stripe.PaymentIntent['status'];

/**
 * Stripe, by PaymentIntents that are captured later.
 *
 * A charge is made in two steps: the intent is created, which moves no money; its id is kept in our database; only then
 * is it confirmed. So whatever answer is lost, an intent that may have been charged can be looked up by its id. Neither
 * Stripe's search, which lags behind, nor its memory of idempotency keys, which ends after a day, is relied upon.
 */
export function createStripeProvider(config: StripeProviderConfig, { db }: Pick<Database, 'db'>): PaymentProvider {
  const client = createStripeClient(config);
  const cards = createStripeCards(client);
  const { ask } = client;
  const intentIdOf = async (key: string) => (await findStripeCharge(db, key))?.intentId ?? undefined;
  const retrieve = (id: string, signal: AbortSignal) => ask(signal, (stripe) => stripe.paymentIntents.retrieve(id));

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
    if (!from.includes(intent.status)) return chargeOf(intent) ?? unasked();
    const idempotencyKey = `${intent.id}:${verb}:${intent.status}`;
    return chargeOf(await ask(signal, (stripe) => call(stripe, { idempotencyKey }))) ?? unasked();
  }

  /** The intent for a new charge, not confirmed; or why there is none. */
  async function create(
    { key, token, amountMinor, currency, reference }: Authorization,
    signal: AbortSignal,
  ): Promise<Stripe.PaymentIntent | Charge> {
    const customer = await cards.customerOf(token, signal);
    if (customer === undefined) return { status: 'DECLINED', reason: 'PAYMENT_METHOD_UNAVAILABLE' };
    const metadata = { [PAYMENT_ID]: key, [ORDER_ID]: reference };
    const intent: Stripe.PaymentIntentCreateParams = {
      amount: amountMinor,
      currency: currency.toLowerCase(),
      capture_method: 'manual',
      allowed_payment_method_types: ['card'],
      payment_method: token,
      customer,
      metadata,
    };
    try {
      return await ask(signal, (stripe) =>
        stripe.paymentIntents.create(intent, { idempotencyKey: `${key}:authorize` }),
      );
    } catch (error) {
      // Less, or more, than Stripe moves at once: it will never be otherwise.
      if (error instanceof StripeFailure && /^amount_too_(small|large)$/.test(error.reason ?? '')) {
        return { status: 'DECLINED', reason: 'CARD_DECLINED' };
      }
      throw error;
    }
  }

  /** The customer is there, at the shop, so that the bank may ask; hence neither `off_session` nor an exemption. */
  const confirm = (intent: Stripe.PaymentIntent, signal: AbortSignal): Promise<Charge> =>
    orDeclined(
      act(intent, ['requires_confirmation'], signal, [
        'confirm',
        (stripe, options) => stripe.paymentIntents.confirm(intent.id, { return_url: config.returnUrl }, options),
      ]),
    );

  const cancel = (intent: Stripe.PaymentIntent, signal: AbortSignal): Promise<Charge> =>
    act(intent, CANCELABLE, signal, [
      'cancel',
      (stripe, options) => stripe.paymentIntents.cancel(intent.id, {}, options),
    ]);

  return {
    keepCard: cards.keepCard,
    releaseCard: cards.releaseCard,
    async authorize(charge, signal) {
      const known = await findStripeCharge(db, charge.key);
      if (known?.intentId === null) return { status: 'VOIDED' };
      if (known !== undefined) return confirm(await retrieve(known.intentId, signal), signal);
      const created = await create(charge, signal);
      if (!('id' in created)) return created;
      const { intentId } = await keepStripeCharge(db, charge.key, created.id);
      if (intentId === null) return cancel(created, signal);
      // What was kept meanwhile, by an attempt that was believed dead, is the charge.
      return confirm(intentId === created.id ? created : await retrieve(intentId, signal), signal);
    },
    async find(key, signal) {
      const known = await findStripeCharge(db, key);
      if (known?.intentId === null) return { status: 'VOIDED' };
      return known && chargeOf(await retrieve(known.intentId, signal));
    },
    // The bank's question is answered on the bank's page; what is left is to see whether it was.
    async answerChallenge(key, _code, signal) {
      return chargeOf(await retrieve((await intentIdOf(key)) ?? unknownKey(), signal)) ?? unasked();
    },
    async capture(key, signal) {
      const intent = await retrieve((await intentIdOf(key)) ?? unknownKey(), signal);
      const captured = await orDeclined(
        act(intent, ['requires_capture'], signal, [
          'capture',
          (stripe, options) => stripe.paymentIntents.capture(intent.id, {}, options),
        ]),
      );
      if (captured.status !== 'DECLINED') return captured;
      // What could not be collected must not stay set aside either.
      const left = await cancel(await retrieve(intent.id, signal), signal);
      return left.status === 'VOIDED' ? { status: 'DECLINED', reason: 'CAPTURE_FAILED' } : left;
    },
    async void(key, signal) {
      const { intentId } = await keepStripeCharge(db, key, null);
      return intentId === null ? { status: 'VOIDED' } : cancel(await retrieve(intentId, signal), signal);
    },
    refund: createStripeRefund(client, intentIdOf),
    statement: createStripeStatement(client),
  };
}

const CANCELABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

/** The answer to a card that was refused. */
async function orDeclined(asked: Promise<Charge>): Promise<Charge> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof StripeFailure && error.isCardError)) throw error;
    return { status: 'DECLINED', reason: declineReasonOf(error.declineCode, error.reason) };
  }
}

function unknownKey(): never {
  throw new Error('Stripe was never asked for that charge');
}

function unasked(): never {
  throw new Error('the payment is not confirmed at Stripe');
}
