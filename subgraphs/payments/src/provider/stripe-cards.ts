import type Stripe from 'stripe';
import type { CardDescription } from './payment-provider.ts';
import type { StripeClient } from './stripe-client.ts';
import { StripeFailure } from './stripe-failure.ts';

/** How the brands are called that Stripe writes in small letters. */
const BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'eftpos',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** Cards at Stripe: PaymentMethods, by their ids (`pm_…`). */
export interface StripeCards {
  /** The card; undefined when there is none by that id, or its bank refuses it. */
  describe(token: string, signal: AbortSignal): Promise<CardDescription | undefined>;
  /** The Customer that the card belongs to; undefined when the card is gone. */
  customerOf(token: string, signal: AbortSignal): Promise<string | undefined>;
}

export function createStripeCards({ ask }: StripeClient): StripeCards {
  const retrieve = (token: string, signal: AbortSignal) =>
    orUndefined(ask(signal, (stripe) => stripe.paymentMethods.retrieve(token)));

  /** A card that belongs to nobody can be charged only once, so each gets a Customer, of which nothing personal is told. */
  async function keep(token: string, signal: AbortSignal): Promise<Stripe.PaymentMethod | undefined> {
    const { id: customer } = await ask(signal, (stripe) =>
      stripe.customers.create({ metadata: { payment_method: token } }, { idempotencyKey: `${token}:customer` }),
    );
    return orUndefined(
      ask(signal, (stripe) => stripe.paymentMethods.attach(token, { customer }, { idempotencyKey: `${token}:attach` })),
    );
  }

  return {
    async describe(token, signal) {
      const found = await retrieve(token, signal);
      const method = found?.card !== undefined && found.customer === null ? await keep(token, signal) : found;
      if (method?.card === undefined) return undefined;
      const { brand, last4, exp_month: expiryMonth, exp_year: expiryYear } = method.card;
      return { brand: BRANDS[brand] ?? brand, last4, expiryMonth, expiryYear };
    },
    async customerOf(token, signal) {
      const customer = (await retrieve(token, signal))?.customer ?? undefined;
      return typeof customer === 'object' ? customer.id : customer;
    },
  };
}

/** Undefined for what is not there, and for a card that is refused. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StripeFailure && (error.isCardError || error.reason === 'resource_missing')) return undefined;
    throw error;
  }
}
