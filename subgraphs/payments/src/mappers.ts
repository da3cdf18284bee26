import type { Connection } from '@tributary/service-kit';
import type { LedgerTransactionRow } from './store/ledger-store.ts';
import type { PaymentRow } from './store/payment-store.ts';
import type { RefundRow } from './store/refund-store.ts';
import type { PaymentMethodRow } from './store/wallet-store.ts';

// What stands behind the schema's types in resolvers; `<GraphQL type>Mapper`, read by the type generator.

export type PaymentMapper = PaymentRow;
export type PaymentConnectionMapper = Connection<PaymentRow>;
/** A refund's currency is its payment's. */
export type RefundMapper = RefundRow & { currency: string };
export type PaymentMethodMapper = PaymentMethodRow;
export type LedgerTransactionMapper = LedgerTransactionRow;
export type LedgerTransactionConnectionMapper = Connection<LedgerTransactionRow>;
export type OrderMapper = { id: string };
