import { money } from '@tributary/service-kit';
import { visiblePayment } from '../domain/payment-access.ts';
import type { LedgerTransactionResolvers } from '../schema.generated.ts';

export const LedgerTransaction: LedgerTransactionResolvers = {
  payment: async ({ paymentId }, _args, { loaders, identity }) =>
    visiblePayment(identity, await loaders.payment.load(paymentId)),
  amount: ({ amountMinor, currency }) => money(amountMinor, currency),
  entries: async ({ id }, _args, { loaders }) =>
    (await loaders.ledgerEntries.load(id)).map(({ account, side, amountMinor, currency }) => ({
      account,
      side,
      amount: money(amountMinor, currency),
    })),
};
