import { afterCommit, CURRENCIES, type Metrics } from '@tributary/service-kit';
import type { PaymentRow } from '../store/payment-store.ts';

/** Counts what a step of a payment has captured or given back, once the open transaction has committed. */
export type CountMoney = (before: PaymentRow, after: PaymentRow) => void;

export function countMoney(metrics: Metrics): CountMoney {
  const each = (name: 'payments_captured_minor_units_total' | 'payments_refunded_minor_units_total') =>
    new Map<string, ReturnType<Metrics['counter']>>(
      CURRENCIES.map((currency) => [currency, metrics.counter(name, { currency })]),
    );
  const captured = each('payments_captured_minor_units_total');
  const refunded = each('payments_refunded_minor_units_total');
  return (before, after) => {
    const { currency } = after;
    const capturedMinor = after.capturedMinor - before.capturedMinor;
    const refundedMinor = after.refundedMinor - before.refundedMinor;
    if (capturedMinor > 0) afterCommit(() => captured.get(currency)?.inc(capturedMinor));
    // A refund that is reversed counts nothing back: a counter only grows.
    if (refundedMinor > 0) afterCommit(() => refunded.get(currency)?.inc(refundedMinor));
  };
}
