import type { Secret } from '@tributary/service-kit';
import type { WebhookReader } from './webhook-reader.ts';
import { readWebhook } from './webhook-report.ts';
import { isSignedBy } from './webhook-signature.ts';

/** The sandbox provider's webhooks. */
export const createSandboxWebhooks = (secret: Secret): WebhookReader => ({
  header: 'payment-signature',
  isSigned: (body, signature) => isSignedBy(secret.reveal(), signature, body),
  read: readWebhook,
});
