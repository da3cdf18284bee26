import type Stripe from 'stripe';
import type { PaymentProvider, StatementEntry } from './payment-provider.ts';
import { chargeStatusOf, PAYMENT_ID, REFUND_ID } from './stripe-charge.ts';
import type { StripeClient } from './stripe-client.ts';
import { refundStatusOf } from './stripe-refund.ts';

const PAGE = 100;
/** A card's authorisation lapses after seven days: what changes today was made since, or is a refund. */
const LONGEST_AUTHORIZATION_SECONDS = 8 * 24 * 60 * 60;

/** A bank may send a refund back for 30 days. */
const LONGEST_REFUND_SECONDS = 31 * 24 * 60 * 60;

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
    const intents = {
      created: { gte: sinceSeconds - LONGEST_AUTHORIZATION_SECONDS },
      limit: PAGE,
      expand: ['data.latest_charge.balance_transaction'],
    };
    for await (const intent of follow(signal, (stripe, after) =>
      stripe.paymentIntents.list({ ...intents, ...after }),
    )) {
      const entry = chargeEntry(intent);
      if (entry !== undefined && entry.at >= since) yield entry;
    }
    const refunds = {
      created: { gte: sinceSeconds - LONGEST_REFUND_SECONDS },
      limit: PAGE,
      expand: ['data.payment_intent', 'data.balance_transaction', 'data.failure_balance_transaction'],
    };
    for await (const refund of follow(signal, (stripe, after) => stripe.refunds.list({ ...refunds, ...after }))) {
      const entry = refundEntry(refund);
      // Of any age: one that was pending for days has no time at which it has succeeded.
      if (entry !== undefined) yield entry;
    }
  };
}

/** Undefined for what is not ours, what nobody was asked to pay, and what Stripe does not know the end of. */
function chargeEntry(intent: Stripe.PaymentIntent): StatementEntry | undefined {
  const key = intent.metadata[PAYMENT_ID];
  const status = chargeStatusOf(intent);
  if (key === undefined) return undefined;
  return status && { kind: 'CHARGE', key, status, ...amountOf(intent), at: new Date(1000 * changedSeconds(intent)) };
}

function refundEntry(refund: Stripe.Refund): StatementEntry | undefined {
  const { payment_intent: intent, metadata, id, created, balance_transaction, failure_balance_transaction } = refund;
  if (intent === null || typeof intent === 'string' || intent.metadata[PAYMENT_ID] === undefined) return undefined;
  const status = refundStatusOf(refund);
  const booked = status === 'FAILED' ? failure_balance_transaction : balance_transaction;
  const at = new Date(1000 * bookedSeconds(booked, created));
  return status && { kind: 'REFUND', key: metadata?.[REFUND_ID] ?? id, status, ...amountOf(refund), at };
}

const amountOf = ({ amount, currency }: { amount: number; currency: string }) => ({
  amountMinor: amount,
  currency: currency.toUpperCase(),
});

/** When an intent came to be what it is: captured (its balance transaction), cancelled, charged, or made. */
function changedSeconds({ canceled_at, latest_charge: charge, created }: Stripe.PaymentIntent): number {
  if (canceled_at !== null) return canceled_at;
  if (charge === null || typeof charge === 'string') return created;
  return bookedSeconds(charge.balance_transaction, charge.created);
}

/** When Stripe has moved the money; `otherwise` where it has not. */
const bookedSeconds = (booked: string | Stripe.BalanceTransaction | null | undefined, otherwise: number): number =>
  booked == null || typeof booked === 'string' ? otherwise : booked.created;
