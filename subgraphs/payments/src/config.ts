import { duration, longSecret, secret, subgraphConfig } from '@tributary/service-kit';
import { z } from 'zod';

/** How long one call to the provider may take; what happened after it is asked for later. */
const timeout = (usual: string) => duration().prefault(usual);

/** The sandbox provider: a server of its own, with test cards in place of banks. */
const sandboxProvider = z.strictObject({
  kind: z.literal('sandbox').optional().default('sandbox'),
  /** Where it answers. Default: where `npm run sandbox-provider` listens. */
  url: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:4090'),
  /** Names us to it. */
  apiKey: longSecret(),
  /** Shared with it: it signs its webhooks with it. */
  webhookSecret: longSecret(),
  timeout: timeout('5s'),
});

/** Stripe, the payment provider. */
const stripeProvider = z.strictObject({
  kind: z.literal('stripe'),
  /** Stripe's API. */
  url: z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
  /** `sk_…`, or `rk_…` with the rights to write PaymentIntents, refunds, customers and payment methods. */
  secretKey: secret(),
  /** `whsec_…` of the webhook endpoint. */
  webhookSecret: secret(),
  /** The shop's page to which a bank sends customers back whom it has asked something. */
  returnUrl: z.url({ protocol: /^https?$/ }),
  /** Banks think for seconds. */
  timeout: timeout('20s'),
});

/** What the payments subgraph can be told. */
export const paymentsConfig = subgraphConfig.extend({
  /** Who moves the money. */
  provider: z.discriminatedUnion('kind', [sandboxProvider, stripeProvider]),
  challenge: z
    .strictObject({
      /** How long a customer has to answer the bank's question. */
      lifetime: duration().prefault('10m'),
    })
    .prefault({}),
  worker: z
    .strictObject({
      /** Calls to the provider at once, in one instance. */
      concurrency: z.int().min(1).max(100).default(8),
      /** How often the worker looks without being woken: for timers, new attempts, and rows of a process that died. */
      pollInterval: duration().prefault('1s'),
    })
    .prefault({}),
  reconciliation: z
    .strictObject({
      /** How often our books are compared with the provider's. */
      every: duration().prefault('1h'),
      /** How far back. */
      window: duration().prefault('48h'),
      /** What has changed within this time is left out: one side may not have heard of it yet. */
      grace: duration().prefault('5m'),
    })
    .refine(({ window, grace }) => window > 2 * grace, 'window is more than twice grace')
    .prefault({}),
});

export type PaymentsConfig = z.output<typeof paymentsConfig>;

/** How to reach the sandbox provider. */
export type SandboxProviderConfig = z.output<typeof sandboxProvider>;

/** How to reach Stripe. */
export type StripeProviderConfig = z.output<typeof stripeProvider>;
