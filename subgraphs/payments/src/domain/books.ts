import { type Identity, requireAdmin, type ServiceKit } from '@tributary/service-kit';
import {
  type AccountSums,
  type LedgerTransactionRow,
  listLedgerTransactions,
  sumAccounts,
} from '../store/ledger-store.ts';
import { listPayments, type PaymentRow, type PaymentStatus } from '../store/payment-store.ts';
import { isId } from './is-id.ts';
import { type Page, type PageArguments, pageOf, pageSlice } from './page.ts';

/** What administrators read. All of it throws CodedError UNAUTHENTICATED, FORBIDDEN; the pages BAD_USER_INPUT. */
export interface Books {
  payments(
    identity: Identity,
    asked: PageArguments & { status?: PaymentStatus | null | undefined },
  ): Promise<Page<PaymentRow>>;
  accounts(identity: Identity): Promise<AccountSums[]>;
  transactions(
    identity: Identity,
    asked: PageArguments & { paymentId?: string | null | undefined },
  ): Promise<Page<LedgerTransactionRow>>;
}

export function createBooks({ database: { db } }: Pick<ServiceKit, 'database'>): Books {
  return {
    async payments(identity, asked) {
      requireAdmin(identity);
      return pageOf(asked, await listPayments(db, { ...pageSlice(asked), status: asked.status ?? undefined }));
    },
    async accounts(identity) {
      requireAdmin(identity);
      return sumAccounts(db);
    },
    async transactions(identity, asked) {
      requireAdmin(identity);
      const slice = { ...pageSlice(asked), paymentId: asked.paymentId ?? undefined };
      // What is no id is no payment's.
      const known = slice.paymentId === undefined || isId(slice.paymentId);
      return pageOf(asked, known ? await listLedgerTransactions(db, slice) : []);
    },
  };
}
