import { money } from '@tributary/service-kit';
import { visibleCard, visiblePayment } from '../domain/payment-access.ts';
import type { PaymentResolvers } from '../schema.generated.ts';

export const Payment: PaymentResolvers = {
  __resolveReference: async ({ id }, { loaders, identity }) => visiblePayment(identity, await loaders.payment.load(id)),
  order: ({ orderId }) => ({ id: orderId }),
  amount: ({ amountMinor, currency }) => money(amountMinor, currency),
  refundedAmount: ({ refundedMinor, currency }) => money(refundedMinor, currency),
  method: (payment, _args, { identity }) => visibleCard(identity, payment),
  challenge: ({ challengeUrl: url, challengeInstructions: instructions, challengeExpiresAt: expiresAt }) =>
    url === null || instructions === null || expiresAt === null ? null : { url, instructions, expiresAt },
  refunds: async ({ id, currency, refundsThen }, _args, { loaders }) =>
    (refundsThen ?? (await loaders.refunds.load(id))).map((refund) => ({ ...refund, currency })),
};
