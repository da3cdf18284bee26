import { createHash } from 'node:crypto';
import type { Secret } from '@tributary/service-kit';
import Stripe from 'stripe';
import { z } from 'zod';
import { chargeOf, PAYMENT_ID, REFUND_ID } from './stripe-charge.ts';
import { refundStatusOf } from './stripe-refund.ts';
import type { WebhookReader } from './webhook-reader.ts';
import { SIGNATURE_TOLERANCE_SECONDS } from './webhook-signature.ts';

const ofPayment = z.object({ metadata: z.object({ [PAYMENT_ID]: z.uuid() }) });
const ofRefund = z.object({ status: z.string().nullable(), metadata: z.object({ [REFUND_ID]: z.uuid() }) });
const event = z.object({ id: z.string().min(1).max(255), type: z.string(), data: z.object({ object: z.unknown() }) });

const ABOUT_PAYMENTS = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
];
const ABOUT_REFUNDS = ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'];

/**
 * Stripe's webhooks. Of payments and refunds without our ids (the account has other uses, or somebody was at work in
 * Stripe's dashboard) nothing is taken over; reconciliation tells of what concerns us.
 */
export const createStripeWebhooks = (secret: Secret): WebhookReader => ({
  header: 'stripe-signature',
  isSigned(body, signature) {
    if (signature === undefined) return false;
    try {
      return (
        Stripe.webhooks.signature?.verifyHeader(body, signature, secret.reveal(), SIGNATURE_TOLERANCE_SECONDS) === true
      );
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
      throw error;
    }
  },
  read(body) {
    const { id, type, data } = event.parse(JSON.parse(body));
    if (ABOUT_PAYMENTS.includes(type)) {
      const ours = ofPayment.safeParse(data.object);
      if (!ours.success) return undefined;
      const charge = chargeOf(data.object as Stripe.PaymentIntent);
      return charge && { id: reportId(id), paymentId: ours.data.metadata[PAYMENT_ID], charge };
    }
    if (!ABOUT_REFUNDS.includes(type)) return undefined;
    const ours = ofRefund.safeParse(data.object);
    const status = ours.success ? refundStatusOf(ours.data) : undefined;
    if (!ours.success || status === undefined) return undefined;
    return { id: reportId(id), refundId: ours.data.metadata[REFUND_ID], status };
  },
});

/** The UUID by which a report of Stripe's is known here: of version 8 (RFC 9562), from the hash of its id. */
function reportId(eventId: string): string {
  const bytes = createHash('sha256').update(eventId).digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
