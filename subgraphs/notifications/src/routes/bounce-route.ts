import { CodedError, type Routes, type Secret } from '@tributary/service-kit';
import type { Bounces } from '../domain/bounces.ts';
import { readDeliveryReport } from '../domain/delivery-report.ts';
import { isSigned } from '../domain/webhook-signature.ts';

/** A report holds our e-mail, which is a few KiB, and what the server has to say. */
const BODY_LIMIT_BYTES = 256 * 1024;

/**
 * `POST /webhooks/bounces`: reports of mail servers about e-mails that came back, each as the message that it is
 * (RFC 3464), signed as Standard Webhooks says; the key is the secret's bytes. 204 for what was taken, is known already
 * or is about an e-mail that is not ours; everything else may be sent again.
 */
export const bounceRoute =
  (secret: Secret, bounces: Bounces): Routes =>
  (app) => {
    const key = Buffer.from(secret.reveal());
    // In a scope of its own: the parser that leaves the body as it came must not reach the other routes.
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.post('/webhooks/bounces', { bodyLimit: BODY_LIMIT_BYTES }, async ({ body, headers }, reply) => {
        const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
        if (!isSigned(key, headers, bytes)) throw new CodedError('WEBHOOK_SIGNATURE_INVALID');
        const report = readDeliveryReport(bytes.toString());
        if (report === undefined) throw new CodedError('BAD_REQUEST', 'The body is not a report of a mail server.');
        await bounces.take(report);
        return reply.code(204).send();
      });
    });
  };
