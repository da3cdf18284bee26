import type { Database } from '@tributary/service-kit';
import type { StripeProviderConfig } from '../config.ts';
import { findStripeCharge, keepStripeCharge } from '../store/stripe-charge-store.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { createStripeCards } from './stripe-cards.ts';
import { askedChargeOf, chargeOf } from './stripe-charge.ts';
import { createStripeClient } from './stripe-client.ts';
import { createStripeIntents } from './stripe-intents.ts';
import { createStripeRefund } from './stripe-refund.ts';
import { createStripeStatement } from './stripe-statement.ts';

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
  const intents = createStripeIntents(client, cards, config.returnUrl);
  const intentIdOf = async (key: string) => (await findStripeCharge(db, key))?.intentId ?? undefined;
  return {
    keepCard: cards.keepCard,
    releaseCard: cards.releaseCard,
    async authorize(charge, signal) {
      const known = await findStripeCharge(db, charge.key);
      if (known?.intentId === null) return { status: 'VOIDED' };
      if (known !== undefined) return intents.confirm(await intents.retrieve(known.intentId, signal), signal);
      const created = await intents.create(charge, signal);
      if (!('id' in created)) return created;
      const { intentId } = await keepStripeCharge(db, charge.key, created.id);
      if (intentId === null) return intents.cancel(created, signal);
      // What was kept meanwhile, by an attempt that was believed dead, is the charge.
      return intents.confirm(intentId === created.id ? created : await intents.retrieve(intentId, signal), signal);
    },
    async find(key, signal) {
      const known = await findStripeCharge(db, key);
      if (known?.intentId === null) return { status: 'VOIDED' };
      return known && chargeOf(await intents.retrieve(known.intentId, signal));
    },
    // The bank's question is answered on the bank's page; what is left is to see whether it was.
    async answerChallenge(key, _code, signal) {
      return askedChargeOf(await intents.retrieve((await intentIdOf(key)) ?? unknownKey(), signal));
    },
    async capture(key, signal) {
      const intent = await intents.retrieve((await intentIdOf(key)) ?? unknownKey(), signal);
      const captured = await intents.capture(intent, signal);
      if (captured.status !== 'DECLINED') return captured;
      // What could not be collected must not stay set aside either.
      const left = await intents.cancel(await intents.retrieve(intent.id, signal), signal);
      return left.status === 'VOIDED' ? { status: 'DECLINED', reason: 'CAPTURE_FAILED' } : left;
    },
    async void(key, signal) {
      const { intentId } = await keepStripeCharge(db, key, null);
      return intentId === null
        ? { status: 'VOIDED' }
        : intents.cancel(await intents.retrieve(intentId, signal), signal);
    },
    refund: createStripeRefund(client, intentIdOf),
    statement: createStripeStatement(client),
  };
}

function unknownKey(): never {
  throw new Error('Stripe was never asked for that charge');
}
