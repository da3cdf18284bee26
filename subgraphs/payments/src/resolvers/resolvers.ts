import type { Resolvers } from '../schema.generated.ts';
import { LedgerTransaction } from './ledger-transaction.ts';
import { Mutation } from './mutation.ts';
import { Order } from './order.ts';
import { Payment } from './payment.ts';
import { Query } from './query.ts';
import { Reconciliation } from './reconciliation.ts';
import { ReconciliationDifference } from './reconciliation-difference.ts';
import { ReconciliationRun } from './reconciliation-run.ts';
import { Refund } from './refund.ts';

export const resolvers: Resolvers = {
  Query,
  Mutation,
  LedgerTransaction,
  Order,
  Payment,
  Reconciliation,
  ReconciliationDifference,
  ReconciliationRun,
  Refund,
};
