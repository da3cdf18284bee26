import { visiblePayment } from '../domain/payment-access.ts';
import type { ReconciliationDifferenceResolvers } from '../schema.generated.ts';

export const ReconciliationDifference: ReconciliationDifferenceResolvers = {
  payment: async ({ paymentId }, _args, { loaders, identity }) =>
    paymentId === null ? null : visiblePayment(identity, await loaders.payment.load(paymentId)),
  ours: ({ ourStatus: status, ourMinor: amountMinor, ourCurrency: currency }) =>
    side({ status, amountMinor, currency }),
  provider: ({ providerStatus: status, providerMinor: amountMinor, providerCurrency: currency }) =>
    side({ status, amountMinor, currency }),
};

const side = (of: { status: string | null; amountMinor: number | null; currency: string | null }) =>
  of.status === null && of.amountMinor === null ? null : of;
