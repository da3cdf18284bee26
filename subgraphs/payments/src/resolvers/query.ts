import { visiblePayment } from '../domain/payment-access.ts';
import type { QueryResolvers } from '../schema.generated.ts';

export const Query: QueryResolvers = {
  payment: async (_parent, { id }, { loaders, identity }) => visiblePayment(identity, await loaders.payment.load(id)),
  payments: (_parent, args, { books, identity }) => books.payments(identity, args),
  paymentMethods: (_parent, _args, { wallet, identity }) => wallet.list(identity),
  ledgerAccounts: (_parent, _args, { books, identity }) => books.accounts(identity),
  ledgerTransactions: (_parent, args, { books, identity }) => books.transactions(identity, args),
  trialBalance: (_parent, { asOf }, { books, identity }) => books.trialBalance(identity, asOf ?? undefined),
  reconciliation: (_parent, _args, { books, identity }) => books.reconciliation(identity),
};
