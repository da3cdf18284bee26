import { CodedError } from '@tributary/service-kit';
import { z } from 'zod';

const MAX_INT32 = 2 ** 31 - 1;
const MAX_PAGE = 100;

/** Of a charge or a refund: the merchant's own name for it. */
const key = z.string().regex(/^[\w.:-]{1,128}$/);
const token = z.string().min(1).max(200);
const amountMinor = z.int().min(1).max(MAX_INT32);

/** What each request must hold, and nothing else. */
export const sandboxRequests = {
  key,
  describe: z.strictObject({ token }),
  charge: z.strictObject({
    token,
    amountMinor,
    currency: z.string().regex(/^[A-Z]{3}$/),
    /** The merchant's word for what is paid: the order. */
    reference: z.string().min(1).max(128),
  }),
  challenge: z.strictObject({ code: z.string().min(1).max(64) }),
  refund: z.strictObject({ chargeKey: key, amountMinor }),
  statement: z.strictObject({
    since: z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString()),
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  }),
} as const;

/** @throws CodedError BAD_REQUEST, which names what is wrong by its place and quotes nothing */
export function readRequest<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const places = result.error.issues.map(({ path }) => path.join('.') || 'the request');
  throw new CodedError('BAD_REQUEST', `Not as expected: ${[...new Set(places)].join(', ')}.`);
}
