import { randomBytes } from 'node:crypto';

// Objects in the shapes of Stripe's API 2026-10-28.endive, with the fields that payments by card have; what our account
// never fills is left out.

export const nowSeconds = () => Math.floor(Date.now() / 1000);
export const newStripeId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;

export interface FakeCard {
  brand: string;
  last4: string;
  /** What a charge meets. */
  outcome?: 'challenged' | { decline_code: string };
  losesAnswer?: boolean;
  refusesCapture?: boolean;
  refusesRefund?: boolean;
}

export interface FakeMethod {
  id: string;
  object: 'payment_method';
  type: 'card';
  card: { brand: string; last4: string; exp_month: number; exp_year: number; country: string; funding: string };
  customer: string | null;
  created: number;
  livemode: false;
  metadata: Record<string, string>;
}

export interface FakeCustomer {
  id: string;
  object: 'customer';
  metadata: Record<string, string>;
}

export interface FakeError {
  code: string;
  decline_code?: string;
  message: string;
  type: 'card_error';
}

export interface FakeIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  canceled_at: number | null;
  cancellation_reason: string | null;
  capture_method: string;
  client_secret: string;
  confirmation_method: 'automatic';
  created: number;
  currency: string;
  customer: string | null;
  last_payment_error: FakeError | null;
  latest_charge: string | null;
  livemode: false;
  metadata: Record<string, string>;
  next_action: { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } } | null;
  payment_method: string;
  payment_method_types: string[];
  status: string;
}

export interface FakeCharge {
  id: string;
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  balance_transaction: string | null;
  captured: boolean;
  created: number;
  currency: string;
  payment_intent: string;
  refunded: boolean;
  status: 'succeeded' | 'failed';
}

export interface FakeBalanceTransaction {
  id: string;
  object: 'balance_transaction';
  amount: number;
  created: number;
  currency: string;
  source: string;
  type: 'charge' | 'refund' | 'refund_failure';
}

export interface FakeRefund {
  id: string;
  object: 'refund';
  amount: number;
  balance_transaction: string | null;
  charge: string;
  created: number;
  currency: string;
  failure_balance_transaction: string | null;
  metadata: Record<string, string>;
  payment_intent: string;
  reason: null;
  status: 'pending' | 'succeeded' | 'failed';
}

const visa = (last4: string): FakeCard => ({ brand: 'visa', last4 });

const CARDS = {
  visa: visa('4242'),
  mastercard: { ...visa('4444'), brand: 'mastercard' },
  declined: { ...visa('0002'), outcome: { decline_code: 'generic_decline' } },
  insufficient_funds: { ...visa('9995'), outcome: { decline_code: 'insufficient_funds' } },
  challenged: { ...visa('3220'), outcome: 'challenged' },
  loses_answer: { ...visa('0408'), losesAnswer: true },
  capture_fails: { ...visa('0341'), refusesCapture: true },
  refund_fails: { ...visa('7726'), refusesRefund: true },
} as const satisfies Record<string, FakeCard>;

export type FakeCardName = keyof typeof CARDS;

/** Test cards, by how they behave. */
export const fakeStripeCards: Readonly<Record<FakeCardName, FakeCard>> = CARDS;

export const newMethod = (id: string, { brand, last4 }: FakeCard): FakeMethod => ({
  id,
  object: 'payment_method',
  type: 'card',
  card: { brand, last4, exp_month: 12, exp_year: 2030, country: 'DE', funding: 'credit' },
  customer: null,
  created: nowSeconds(),
  livemode: false,
  metadata: {},
});

export function newIntent(asked: {
  amount: number;
  currency: string;
  capture_method: string;
  customer: string | null;
  payment_method: string;
  metadata: Record<string, string>;
}): FakeIntent {
  const id = newStripeId('pi');
  return {
    id,
    object: 'payment_intent',
    ...asked,
    amount_capturable: 0,
    amount_received: 0,
    canceled_at: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${newStripeId('x')}`,
    confirmation_method: 'automatic',
    created: nowSeconds(),
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    next_action: null,
    payment_method_types: ['card'],
    status: 'requires_confirmation',
  };
}

export const newCharge = ({ amount, currency, id }: FakeIntent): FakeCharge => ({
  id: newStripeId('ch'),
  object: 'charge',
  amount,
  amount_captured: 0,
  amount_refunded: 0,
  balance_transaction: null,
  captured: false,
  created: nowSeconds(),
  currency,
  payment_intent: id,
  refunded: false,
  status: 'succeeded',
});
