import type Stripe from 'stripe';
import type { PaymentProvider } from './payment-provider.ts';
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

/** What our users are called in the metadata of Stripe's Customers. */
const USER_ID = 'user_id';

/** Cards at Stripe: PaymentMethods, by their ids (`pm_…`), each of a Customer of its own. */
export interface StripeCards extends Pick<PaymentProvider, 'keepCard' | 'releaseCard'> {
  /** The Customer that the card belongs to; undefined when the card is gone. */
  customerOf(token: string, signal: AbortSignal): Promise<string | undefined>;
}

export function createStripeCards({ ask }: StripeClient): StripeCards {
  const retrieve = (token: string, signal: AbortSignal) =>
    orUndefined(ask(signal, (stripe) => stripe.paymentMethods.retrieve(token, { expand: ['customer'] })));

  /**
   * A card that belongs to nobody can be charged only once, so each gets a Customer, of which nothing personal is told.
   * Gives the card as it then stands, whatever was answered: the bank may refuse it, somebody may be faster, it may have
   * been let go of, and what Stripe answers to a key may be an old answer.
   */
  async function attach(token: string, userId: string, signal: AbortSignal): Promise<Stripe.PaymentMethod | undefined> {
    const metadata = { [USER_ID]: userId };
    const { id: customer } = await ask(signal, (stripe) =>
      stripe.customers.create({ metadata }, { idempotencyKey: `${token}:customer:${userId}` }),
    );
    const idempotencyKey = `${token}:attach:${customer}`;
    try {
      await ask(signal, (stripe) => stripe.paymentMethods.attach(token, { customer }, { idempotencyKey }));
    } catch (error) {
      if (!(error instanceof StripeFailure && (error.isCardError || error.isInvalidRequest))) throw error;
    }
    return retrieve(token, signal);
  }

  return {
    async keepCard(token, userId, signal) {
      const found = await retrieve(token, signal);
      const method = found?.card !== undefined && found.customer === null ? await attach(token, userId, signal) : found;
      if (method?.card === undefined || ownerOf(method) !== userId) return undefined;
      const { brand, last4, exp_month: expiryMonth, exp_year: expiryYear } = method.card;
      return { brand: BRANDS[brand] ?? brand, last4, expiryMonth, expiryYear, isShared: false };
    },
    async releaseCard(token, signal) {
      if ((await retrieve(token, signal))?.customer == null) return;
      const idempotencyKey = `${token}:detach`;
      await ask(signal, (stripe) => stripe.paymentMethods.detach(token, {}, { idempotencyKey }));
    },
    async customerOf(token, signal) {
      const customer = (await retrieve(token, signal))?.customer ?? undefined;
      return typeof customer === 'object' ? customer.id : customer;
    },
  };
}

/** Whose card it is; undefined when it was not us who have attached it. */
function ownerOf({ customer }: Stripe.PaymentMethod): string | undefined {
  const isKnown = customer !== null && typeof customer === 'object' && !customer.deleted;
  return isKnown ? customer.metadata[USER_ID] : undefined;
}

/** Undefined for what is not there. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StripeFailure && error.reason === 'resource_missing') return undefined;
    throw error;
  }
}
