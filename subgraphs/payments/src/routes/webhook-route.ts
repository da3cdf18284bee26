import { CodedError, type Routes, type Secret } from '@tributary/service-kit';
import type { ApplyWebhook } from '../domain/apply-webhook.ts';
import { readWebhook, type WebhookReport } from '../provider/webhook-report.ts';
import { isSignedBy } from '../provider/webhook-signature.ts';

/** Far above what a report has. */
const BODY_LIMIT_BYTES = 64 * 1024;

export const SIGNATURE_HEADER = 'payment-signature';

/**
 * `POST /webhooks/payments`: reports of the payment provider, signed over the raw body. 204 for what was applied, known
 * already or of a type that means nothing here; everything else makes the provider try again.
 */
export const webhookRoute =
  (secret: Secret, apply: ApplyWebhook): Routes =>
  (app) => {
    // In a scope of its own: the parser that leaves the body as it came must not reach the other routes.
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.post('/webhooks/payments', { bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const header = request.headers[SIGNATURE_HEADER];
        if (!isSignedBy(secret.reveal(), Array.isArray(header) ? header.join(',') : header, body)) {
          throw new CodedError('WEBHOOK_SIGNATURE_INVALID');
        }
        const report = read(body);
        if (report !== undefined) await apply(report);
        return reply.code(204).send();
      });
    });
  };

function read(body: Buffer): WebhookReport | undefined {
  try {
    return readWebhook(body.toString());
  } catch (cause) {
    throw new CodedError('BAD_REQUEST', 'The report is not one that the payment provider sends.', { cause });
  }
}
