import { CodedError, type Routes, type ServiceKit } from '@tributary/service-kit';
import type { ApplyWebhook } from '../domain/apply-webhook.ts';
import type { WebhookReader } from '../provider/webhook-reader.ts';
import type { WebhookReport } from '../provider/webhook-report.ts';

/** Far above what a report has. */
const BODY_LIMIT_BYTES = 64 * 1024;

const OUTCOMES = ['applied', 'repeated', 'refused', 'unknown', 'malformed', 'bad_signature'];

type Parts = Pick<ServiceKit, 'metrics'> & { reader: WebhookReader; apply: ApplyWebhook };

/**
 * `POST /webhooks/payments`: reports of the payment provider, signed over the raw body. 204 for what was applied, known
 * already or of a type that means nothing here; everything else makes the provider try again. Each is counted.
 */
export const webhookRoute =
  ({ metrics, reader, apply }: Parts): Routes =>
  (app) => {
    const heard = metrics.get('payment_webhooks_total');
    for (const outcome of OUTCOMES) metrics.counter('payment_webhooks_total', { outcome });
    // In a scope of its own: the parser that leaves the body as it came must not reach the other routes.
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.post('/webhooks/payments', { bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const header = request.headers[reader.header];
        if (!reader.isSigned(body, Array.isArray(header) ? header.join(',') : header)) {
          heard.inc({ outcome: 'bad_signature' });
          throw new CodedError('WEBHOOK_SIGNATURE_INVALID');
        }
        const report = read(body);
        heard.inc({ outcome: report === undefined ? 'unknown' : await apply(report) });
        return reply.code(204).send();
      });
    });

    function read(body: Buffer): WebhookReport | undefined {
      try {
        return reader.read(body.toString());
      } catch (cause) {
        heard.inc({ outcome: 'malformed' });
        throw new CodedError('BAD_REQUEST', 'The report is not one that the payment provider sends.', { cause });
      }
    }
  };
