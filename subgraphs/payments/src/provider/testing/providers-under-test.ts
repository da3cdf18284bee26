import { Secret } from '@tributary/service-kit';
import type { TestDatabase } from '@tributary/service-kit/testing';
import { CHALLENGE_CODE } from '../../sandbox/test-cards.ts';
import { API_KEY, startTestSandbox } from '../../testing/test-sandbox.ts';
import type { Charge, PaymentProvider } from '../payment-provider.ts';
import { createSandboxProvider } from '../sandbox-provider.ts';
import { PAYMENT_ID } from '../stripe-charge.ts';
import { createStripeProvider } from '../stripe-provider.ts';
import { FAKE_STRIPE_KEY, type FakeStripe, startFakeStripe } from './fake-stripe.ts';
import type { FakeCardName } from './fake-stripe-objects.ts';

export type CardUnderTest =
  | 'approved'
  | 'declined'
  | 'insufficientFunds'
  | 'challenged'
  | 'losesAnswer'
  | 'captureFails'
  | 'refundFails';

/** An adapter with the provider behind it, and a look at what only the provider knows. */
export interface ProviderUnderTest extends AsyncDisposable {
  provider: PaymentProvider;
  /** The token of a new card that behaves like that. */
  newCard(card: CardUnderTest): string;
  /** How often money was set aside for a key. */
  chargesOf(key: string): Promise<number>;
  /** Answers the bank's question as it wants it; gives the charge as the adapter then has it. */
  passChallenge(key: string): Promise<Charge>;
}

const STRIPE_CARDS: Readonly<Record<CardUnderTest, FakeCardName>> = {
  approved: 'visa',
  declined: 'declined',
  insufficientFunds: 'insufficient_funds',
  challenged: 'challenged',
  losesAnswer: 'loses_answer',
  captureFails: 'capture_fails',
  refundFails: 'refund_fails',
};

const SANDBOX_TOKENS: Readonly<Record<CardUnderTest, string>> = {
  approved: 'tok_visa',
  declined: 'tok_declined',
  insufficientFunds: 'tok_insufficient_funds',
  challenged: 'tok_challenge',
  losesAnswer: 'tok_timeout_then_charged',
  captureFails: 'tok_capture_fails',
  refundFails: 'tok_refund_fails',
};

const FOLDER = new URL('../../..', import.meta.url);

/** The adapter of Stripe, over the fake. */
export async function openTestStripe(database: TestDatabase): Promise<ProviderUnderTest & { stripe: FakeStripe }> {
  const stripe = await startFakeStripe();
  const provider = createStripeProvider(
    {
      kind: 'stripe',
      url: stripe.url,
      secretKey: new Secret(FAKE_STRIPE_KEY),
      webhookSecret: new Secret('whsec_of_the_fake_stripe'),
      returnUrl: 'https://shop.example/paid',
      timeout: 5000,
    },
    await database.open('payments', FOLDER),
  );
  const intentsOf = (key: string) =>
    [...stripe.books.intents.values()].filter(({ metadata }) => metadata[PAYMENT_ID] === key);
  return {
    provider,
    stripe,
    newCard: (card) => stripe.books.newCard(STRIPE_CARDS[card]),
    async chargesOf(key) {
      const ids = intentsOf(key).map(({ id }) => id);
      return [...stripe.books.charges.values()].filter(({ payment_intent }) => ids.includes(payment_intent)).length;
    },
    passChallenge(key) {
      for (const { id } of intentsOf(key)) stripe.books.answerChallenge(id, true);
      return provider.answerChallenge(key, '', AbortSignal.timeout(5000));
    },
    [Symbol.asyncDispose]: () => stripe[Symbol.asyncDispose](),
  };
}

/** The adapter of the sandbox, over HTTP. */
export async function openTestSandbox(): Promise<ProviderUnderTest> {
  const sandbox = await startTestSandbox();
  const provider = createSandboxProvider({ url: sandbox.url, apiKey: new Secret(API_KEY) });
  return {
    provider,
    newCard: (card) => SANDBOX_TOKENS[card],
    chargesOf: async (key) => sandbox.movements(key).filter(({ kind }) => kind === 'AUTHORIZED').length,
    passChallenge: (key) => provider.answerChallenge(key, CHALLENGE_CODE, AbortSignal.timeout(5000)),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
