import {
  type Connection,
  type ConnectionArguments,
  type Identity,
  idConnection,
  idSlice,
  isId,
  requireAdmin,
  type ServiceKit,
} from '@tributary/service-kit';
import {
  type AccountSums,
  type LedgerTransactionRow,
  listLedgerTransactions,
  sumAccounts,
} from '../store/ledger-store.ts';
import { listPayments, type PaymentRow, type PaymentStatus } from '../store/payment-store.ts';
import {
  type DifferenceRow,
  findLastRun,
  listOpenDifferences,
  type ReconciliationRunRow,
} from '../store/reconciliation-store.ts';
import { type TrialBalance, trialBalance } from './trial-balance.ts';

/** What was asked about is read when it is asked for. */
export interface ReconciliationView {
  lastRun(): Promise<ReconciliationRunRow | undefined>;
  /** @throws CodedError BAD_USER_INPUT */
  openDifferences(asked: ConnectionArguments): Promise<Connection<DifferenceRow>>;
}

/** What administrators read. All of it throws CodedError UNAUTHENTICATED, FORBIDDEN; the pages BAD_USER_INPUT. */
export interface Books {
  payments(
    identity: Identity,
    asked: ConnectionArguments & { status?: PaymentStatus | null | undefined },
  ): Promise<Connection<PaymentRow>>;
  accounts(identity: Identity): Promise<AccountSums[]>;
  transactions(
    identity: Identity,
    asked: ConnectionArguments & { paymentId?: string | null | undefined },
  ): Promise<Connection<LedgerTransactionRow>>;
  trialBalance(identity: Identity, asOf: Date | undefined): Promise<TrialBalance>;
  reconciliation(identity: Identity): ReconciliationView;
}

export function createBooks({ database: { db } }: Pick<ServiceKit, 'database'>): Books {
  return {
    async payments(identity, asked) {
      requireAdmin(identity);
      return idConnection(asked, await listPayments(db, { ...idSlice(asked), status: asked.status ?? undefined }));
    },
    async accounts(identity) {
      requireAdmin(identity);
      return sumAccounts(db);
    },
    async transactions(identity, asked) {
      requireAdmin(identity);
      const slice = { ...idSlice(asked), paymentId: asked.paymentId ?? undefined };
      // What is no id is no payment's.
      const known = slice.paymentId === undefined || isId(slice.paymentId);
      return idConnection(asked, known ? await listLedgerTransactions(db, slice) : []);
    },
    async trialBalance(identity, asOf) {
      requireAdmin(identity);
      return trialBalance(asOf ?? new Date(), await sumAccounts(db, asOf));
    },
    reconciliation(identity) {
      requireAdmin(identity);
      return {
        lastRun: () => findLastRun(db),
        openDifferences: async (asked) => idConnection(asked, await listOpenDifferences(db, idSlice(asked))),
      };
    },
  };
}
