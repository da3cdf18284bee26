import type { Connection } from '@tributary/service-kit';
import type { ReconciliationView } from './domain/books.ts';
import type { LedgerTransactionRow } from './store/ledger-store.ts';
import type { PaymentRow } from './store/payment-store.ts';
import type { DifferenceRow, ReconciliationRunRow } from './store/reconciliation-store.ts';
import type { RefundRow } from './store/refund-store.ts';
import type { PaymentMethodRow } from './store/wallet-store.ts';

// What stands behind the schema's types in resolvers; `<GraphQL type>Mapper`, read by the type generator.

/** With `refundsThen`, as it was when a refund was made. */
export type PaymentMapper = PaymentRow & { refundsThen?: readonly RefundRow[] };
export type PaymentConnectionMapper = Connection<PaymentRow>;
/** A refund's currency is its payment's. */
export type RefundMapper = RefundRow & { currency: string };
export type PaymentMethodMapper = PaymentMethodRow;
export type LedgerTransactionMapper = LedgerTransactionRow;
export type LedgerTransactionConnectionMapper = Connection<LedgerTransactionRow>;
export type OrderMapper = { id: string };
export type ReconciliationMapper = ReconciliationView;
export type ReconciliationRunMapper = ReconciliationRunRow;
export type ReconciliationDifferenceMapper = DifferenceRow;
export type ReconciliationDifferenceConnectionMapper = Connection<DifferenceRow>;
