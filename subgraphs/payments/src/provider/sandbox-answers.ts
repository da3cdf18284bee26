import { z } from 'zod';
import { DECLINE_REASONS } from '../tables.ts';

const key = z.string();

const charge = z.discriminatedUnion('status', [
  z.object({ key, status: z.enum(['AUTHORIZED', 'CAPTURED', 'VOIDED']) }),
  z.object({ key, status: z.literal('CHALLENGED'), url: z.url(), instructions: z.string() }),
  z.object({ key, status: z.literal('DECLINED'), reason: z.enum(DECLINE_REASONS) }),
]);

/** What the sandbox provider answers, with the fields that are read; anything else is no answer. */
export const sandboxAnswers = {
  described: z.object({
    card: z
      .object({ brand: z.string(), last4: z.string(), expiryMonth: z.int(), expiryYear: z.int() })
      .nullable()
      .transform((card) => card ?? undefined),
  }),
  charge: z.object({ charge }),
  found: z.object({ charge: charge.nullable().transform((found) => found ?? undefined) }),
  refund: z.object({ refund: z.object({ key, status: z.enum(['SUCCEEDED', 'FAILED']) }) }),
  statement: z.object({
    entries: z.array(
      z.object({
        kind: z.enum(['CHARGE', 'REFUND']),
        key,
        status: z.enum(['CHALLENGED', 'AUTHORIZED', 'CAPTURED', 'VOIDED', 'DECLINED', 'SUCCEEDED', 'FAILED']),
        amountMinor: z.int(),
        currency: z.string(),
        at: z.iso.datetime().transform((time) => new Date(time)),
      }),
    ),
    next: z.int().nullable(),
  }),
} as const;
