import type { Alert } from './rule.ts';

const increase = (selector: string, window: string) => `sum by (namespace) (increase(${selector}[${window}]))`;

/** More than `share` of what was counted has the outcomes of `bad`, and enough was counted to say so. */
const mostly = (metric: string, bad: string, all: string, { share, atLeast }: { share: number; atLeast: number }) => {
  const total = increase(`${metric}{${all}}`, '30m');
  return `${increase(`${metric}{${bad}}`, '30m')} / ${total} > ${share}
and
${total} >= ${atLeast}`;
};

/** Orders, money, stock and what customers are told. */
export const commerceAlerts: readonly Alert[] = [
  {
    alert: 'OrdersStuck',
    expr: `${increase('orders_total{status="PLACED"}', '15m')} >= 10
unless
${increase('orders_total{status=~"CONFIRMED|PAID|CANCELLED"}', '15m')} > 0`,
    for: '5m',
    severity: 'page',
    about: 'orders',
    dashboard: 'tributary-orders-and-money',
    summary: 'Orders are placed and none gets further',
    description:
      '{{ $value | humanize }} orders were placed in 15 minutes; in the same time none was confirmed, paid or cancelled.',
  },
  {
    alert: 'ReconciliationDifference',
    expr: 'max by (namespace, kind) (payment_reconciliation_differences) > 0',
    for: '5m',
    severity: 'ticket',
    about: 'payments',
    dashboard: 'tributary-orders-and-money',
    summary: 'Our books and the payment provider’s disagree: {{ $labels.kind }}',
    description: '{{ $value }} differences of this kind are open. Nothing settles them by itself.',
  },
  {
    alert: 'PaymentWebhooksBadlySigned',
    expr: `${increase('payment_webhooks_total{outcome="bad_signature"}', '15m')} > 5
and
${increase('payment_webhooks_total{outcome="bad_signature"}', '15m')} / ${increase('payment_webhooks_total', '15m')} > 0.2`,
    for: '5m',
    severity: 'ticket',
    about: 'payments',
    dashboard: 'tributary-orders-and-money',
    summary: 'Reports of payments come with bad signatures',
    description:
      '{{ $value | humanize }} in 15 minutes, more than a fifth of all: the secret differs from the provider’s, or somebody makes them up.',
  },
  {
    alert: 'PaymentsMostlyDeclined',
    expr: mostly('payments_total', 'outcome="DECLINED"', 'outcome=~"DECLINED|AUTHORIZED"', { share: 0.5, atLeast: 20 }),
    for: '5m',
    severity: 'ticket',
    about: 'payments',
    dashboard: 'tributary-orders-and-money',
    summary: '{{ $value | humanizePercentage }} of the payments were declined',
    description: 'Of those of the last 30 minutes: the provider has trouble, or somebody tries out stolen cards.',
  },
  {
    alert: 'StockReservationsRejected',
    expr: mostly('stock_reservations_total', 'outcome="rejected"', 'outcome=~"rejected|reserved"', {
      share: 0.5,
      atLeast: 20,
    }),
    for: '5m',
    severity: 'ticket',
    about: 'inventory',
    dashboard: 'tributary-orders-and-money',
    summary: '{{ $value | humanizePercentage }} of the orders found no stock',
    description: 'Of those of the last 30 minutes: what people want is sold out, or reservations are not released.',
  },
  {
    alert: 'EmailsFailing',
    expr: mostly(
      'notifications_total',
      'channel="email",outcome=~"failed|retried"',
      'channel="email",outcome=~"failed|retried|sent"',
      {
        share: 0.2,
        atLeast: 10,
      },
    ),
    for: '10m',
    severity: 'ticket',
    about: 'notifications',
    dashboard: 'tributary-subgraph-notifications',
    summary: '{{ $value | humanizePercentage }} of the attempts to send an e-mail failed',
    description: 'Of those of the last 30 minutes. Each is tried again for a while, then given up.',
  },
];
