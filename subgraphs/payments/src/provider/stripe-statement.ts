import type Stripe from 'stripe';
import type { PaymentProvider, StatementEntry } from './payment-provider.ts';
import { chargeOf, PAYMENT_ID, REFUND_ID } from './stripe-charge.ts';
import type { StripeClient } from './stripe-client.ts';

const PAGE = 100;
/** A card's authorisation lapses after seven days: what changes today was made since, or is a refund. */
const LONGEST_AUTHORIZATION_SECONDS = 8 * 24 * 60 * 60;

type Page = Pick<Stripe.ApiList<{ id: string }>, 'has_more'>;

/**
 * Stripe's books about our payments: PaymentIntents and refunds, as far as they carry our ids. A refund that somebody
 * made of our payment at Stripe itself has none, and is there by Stripe's id.
 */
export function createStripeStatement({ ask }: StripeClient): PaymentProvider['statement'] {
  /** Follows a list of Stripe's to its end. */
  async function* follow<T extends { id: string }>(
    signal: AbortSignal,
    list: (stripe: Stripe, after: { starting_after?: string }) => Promise<Page & { data: T[] }>,
  ): AsyncIterable<T> {
    for (let after: { starting_after?: string } | undefined = {}; after !== undefined; ) {
      const at: { starting_after?: string } = after;
      const page = await ask(signal, (stripe) => list(stripe, at));
      yield* page.data;
      const last = page.data.at(-1)?.id;
      after = page.has_more && last !== undefined ? { starting_after: last } : undefined;
    }
  }

  return async function* statement(since, signal) {
    const sinceSeconds = Math.floor(since.getTime() / 1000);
    const made = { gte: sinceSeconds - LONGEST_AUTHORIZATION_SECONDS };
    const expand = ['data.latest_charge.balance_transaction'];
    for await (const intent of follow(signal, (stripe, after) =>
      stripe.paymentIntents.list({ created: made, limit: PAGE, expand, ...after }),
    )) {
      const entry = chargeEntry(intent);
      if (entry !== undefined && entry.at >= since) yield entry;
    }
    for await (const refund of follow(signal, (stripe, after) =>
      stripe.refunds.list({ created: { gte: sinceSeconds }, limit: PAGE, expand: ['data.payment_intent'], ...after }),
    )) {
      const entry = refundEntry(refund);
      if (entry !== undefined && entry.at >= since) yield entry;
    }
  };
}

/** Undefined for what is not ours, and for what nobody was asked to pay, or what Stripe is still busy with. */
function chargeEntry(intent: Stripe.PaymentIntent): StatementEntry | undefined {
  const key = intent.metadata[PAYMENT_ID];
  if (key === undefined || intent.status === 'processing') return undefined;
  const status = chargeOf(intent)?.status;
  return status && { kind: 'CHARGE', key, status, ...amountOf(intent), at: new Date(1000 * changedSeconds(intent)) };
}

function refundEntry(refund: Stripe.Refund): StatementEntry | undefined {
  const { payment_intent: intent, status, metadata, id, created } = refund;
  if (intent === null || typeof intent === 'string' || intent.metadata[PAYMENT_ID] === undefined) return undefined;
  const key = metadata?.[REFUND_ID] ?? id;
  const at = new Date(1000 * created);
  if (status === 'succeeded') return { kind: 'REFUND', key, status: 'SUCCEEDED', ...amountOf(refund), at };
  if (status === 'failed' || status === 'canceled') {
    return { kind: 'REFUND', key, status: 'FAILED', ...amountOf(refund), at };
  }
  return undefined;
}

const amountOf = ({ amount, currency }: { amount: number; currency: string }) => ({
  amountMinor: amount,
  currency: currency.toUpperCase(),
});

/** When an intent came to be what it is: captured (its balance transaction), cancelled, charged, or made. */
function changedSeconds({ canceled_at, latest_charge: charge, created }: Stripe.PaymentIntent): number {
  if (canceled_at !== null) return canceled_at;
  if (charge === null || typeof charge === 'string') return created;
  const booked = charge.balance_transaction;
  return booked === null || typeof booked === 'string' ? charge.created : booked.created;
}
