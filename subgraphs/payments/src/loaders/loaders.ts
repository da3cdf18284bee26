import { type Db, listLoader, rowLoader } from '@tributary/service-kit';
import { isId } from '../domain/is-id.ts';
import { listLedgerEntries } from '../store/ledger-store.ts';
import { findPayments, listPaymentsOfOrders } from '../store/payment-store.ts';
import { listRefundsOfPayments } from '../store/refund-store.ts';

/** One set per request: everything of one kind that the request names is read in one query. */
export const createLoaders = (db: Db) => ({
  payment: rowLoader(
    (ids) => whereIds(ids, (valid) => findPayments(db, valid)),
    (payment) => payment.id,
  ),
  paymentsOfOrder: listLoader(
    (orderIds) => whereIds(orderIds, (valid) => listPaymentsOfOrders(db, valid)),
    (payment) => payment.orderId,
  ),
  refunds: listLoader(
    (paymentIds) => listRefundsOfPayments(db, paymentIds),
    (refund) => refund.paymentId,
  ),
  ledgerEntries: listLoader(
    (transactionIds) => listLedgerEntries(db, transactionIds),
    (entry) => entry.transactionId,
  ),
});

/** What is no id belongs to nothing, and must not reach the database. */
async function whereIds<Row>(ids: readonly string[], find: (valid: string[]) => Promise<Row[]>): Promise<Row[]> {
  const valid = ids.filter(isId);
  return valid.length === 0 ? [] : find(valid);
}

export type Loaders = ReturnType<typeof createLoaders>;
