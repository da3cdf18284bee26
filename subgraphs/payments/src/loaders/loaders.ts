import { type Db, listLoader, rowLoader } from '@tributary/service-kit';
import { listLedgerEntries } from '../store/ledger-store.ts';
import { findPayments, listPaymentsOfOrders } from '../store/payment-store.ts';
import { listRefundsOfPayments } from '../store/refund-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export const createLoaders = (db: Db) => ({
  payment: rowLoader(
    'payment',
    (ids) => findPayments(db, ids),
    (payment) => payment.id,
  ),
  paymentsOfOrder: listLoader(
    'paymentsOfOrder',
    (orderIds) => listPaymentsOfOrders(db, orderIds),
    (payment) => payment.orderId,
  ),
  refunds: listLoader(
    'refunds',
    (paymentIds) => listRefundsOfPayments(db, paymentIds),
    (refund) => refund.paymentId,
  ),
  ledgerEntries: listLoader(
    'ledgerEntries',
    (transactionIds) => listLedgerEntries(db, transactionIds),
    (entry) => entry.transactionId,
  ),
});

export type Loaders = ReturnType<typeof createLoaders>;
