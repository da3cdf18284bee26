import { z } from 'zod';
import { DECLINE_REASONS } from '../tables.ts';
import type { Charge } from './payment-provider.ts';

interface ChargeReport {
  readonly id: string;
  readonly paymentId: string;
  readonly charge: Charge;
}

interface RefundReport {
  readonly id: string;
  readonly refundId: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
}

/** What the provider reports of its own accord: what became of a charge or a refund. */
export type WebhookReport = ChargeReport | RefundReport;

const envelope = z.object({ id: z.uuid(), type: z.string(), data: z.unknown() });
const aboutPayment = z.object({ paymentId: z.uuid() });

/** What the data of each type means. Of other types, the provider may report what it likes. */
const readers = new Map<string, z.ZodType<Omit<ChargeReport, 'id'> | Omit<RefundReport, 'id'>>>([
  ['payment.authorized', aboutPayment.transform((data) => ({ ...data, charge: { status: 'AUTHORIZED' } }))],
  ['payment.captured', aboutPayment.transform((data) => ({ ...data, charge: { status: 'CAPTURED' } }))],
  ['payment.voided', aboutPayment.transform((data) => ({ ...data, charge: { status: 'VOIDED' } }))],
  [
    'payment.declined',
    aboutPayment
      .extend({ reason: z.enum(DECLINE_REASONS) })
      .transform(({ paymentId, reason }) => ({ paymentId, charge: { status: 'DECLINED', reason } })),
  ],
  ['payment.refunded', z.object({ refundId: z.uuid() }).transform((data) => ({ ...data, status: 'SUCCEEDED' }))],
]);

/**
 * Reads the body of a webhook; undefined when its type means nothing to us.
 *
 * @throws SyntaxError, ZodError when it is not what the provider sends
 */
export function readWebhook(body: string): WebhookReport | undefined {
  const { id, type, data } = envelope.parse(JSON.parse(body));
  const read = readers.get(type);
  return read && { id, ...read.parse(data) };
}
