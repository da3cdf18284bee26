import { type Identity, isAdmin, maySee } from '@tributary/service-kit';
import type { PaymentRow } from '../store/payment-store.ts';

/** The payment, for those who may see it: its customer, administrators, other services; null for everybody else. */
export const visiblePayment = (identity: Identity, payment: PaymentRow | null | undefined): PaymentRow | null =>
  payment != null && maySee(identity, payment.customerId) ? payment : null;

/** What is shown of the card to whom sees the payment: to people, not to services. */
export const visibleCard = (identity: Identity, { cardBrand, cardLast4 }: PaymentRow) =>
  identity.kind === 'user' && cardBrand !== null && cardLast4 !== null ? { brand: cardBrand, last4: cardLast4 } : null;

/** What an administrator wrote about a refund. */
export const visibleReason = (identity: Identity, refund: { reason: string | null }): string | null =>
  isAdmin(identity) ? refund.reason : null;
