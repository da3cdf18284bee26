import type { Database } from '@tributary/service-kit';
import type { PaymentsConfig } from '../config.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { createSandboxProvider } from './sandbox-provider.ts';
import { createSandboxWebhooks } from './sandbox-webhooks.ts';
import type { WebhookReader } from './webhook-reader.ts';

/** The payment provider that is configured: its adapter, and what reads its webhooks. */
export interface OpenProvider {
  provider: PaymentProvider;
  webhooks: WebhookReader;
}

export async function openProvider(config: PaymentsConfig['provider'], database: Database): Promise<OpenProvider> {
  if (config.kind === 'sandbox') {
    return { provider: createSandboxProvider(config), webhooks: createSandboxWebhooks(config.webhookSecret) };
  }
  // Loaded where it is used: Stripe's library takes memory that nobody else has to spend.
  const [{ createStripeProvider }, { createStripeWebhooks }] = await Promise.all([
    import('./stripe-provider.ts'),
    import('./stripe-webhooks.ts'),
  ]);
  return { provider: createStripeProvider(config, database), webhooks: createStripeWebhooks(config.webhookSecret) };
}
