import { type Db, newId } from '@tributary/service-kit';
import { insertLedgerTransaction, type LedgerEntryRow, type LedgerTransactionRow } from '../store/ledger-store.ts';
import type { PaymentRow } from '../store/payment-store.ts';

type Account = LedgerEntryRow['account'];

/**
 * What is booked where. Accrual: a refund is our debt from the moment it is promised, so that the balance of
 * REFUNDS_PAYABLE is what customers still wait for, and that of PROVIDER_CLEARING what the provider holds for us.
 */
const postings: Readonly<Record<LedgerTransactionRow['kind'], { debit: Account; credit: Account }>> = {
  CAPTURE: { debit: 'PROVIDER_CLEARING', credit: 'SALES_REVENUE' },
  REFUND_PROMISED: { debit: 'SALES_RETURNS', credit: 'REFUNDS_PAYABLE' },
  REFUND_PAID: { debit: 'REFUNDS_PAYABLE', credit: 'PROVIDER_CLEARING' },
  /** Paid, and sent back: undoes REFUND_PAID. */
  REFUND_REVERSED: { debit: 'PROVIDER_CLEARING', credit: 'REFUNDS_PAYABLE' },
  REFUND_FAILED: { debit: 'REFUNDS_PAYABLE', credit: 'SALES_RETURNS' },
};

/** Books the capture of a payment. Throws when it is booked already, as `postRefund` does: that must undo everything. */
export const postCapture = (tx: Db, payment: PaymentRow): Promise<void> =>
  post(tx, 'CAPTURE', payment, payment.id, payment.amountMinor);

/** Books a step of a refund of the payment. */
export const postRefund = (
  tx: Db,
  kind: Exclude<LedgerTransactionRow['kind'], 'CAPTURE'>,
  payment: PaymentRow,
  refund: { id: string; amountMinor: number },
): Promise<void> => post(tx, kind, payment, refund.id, refund.amountMinor);

const post = (
  tx: Db,
  kind: LedgerTransactionRow['kind'],
  { id: paymentId, currency }: PaymentRow,
  reference: string,
  amountMinor: number,
): Promise<void> =>
  insertLedgerTransaction(tx, { id: newId(), kind, paymentId, reference, amountMinor, currency }, [
    { account: postings[kind].debit, side: 'DEBIT' },
    { account: postings[kind].credit, side: 'CREDIT' },
  ]);
