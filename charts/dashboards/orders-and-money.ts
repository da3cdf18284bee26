import type { DashboardSpec, Section } from './dashboard.ts';
import { stat, timeSeries } from './panels.ts';
import { rate, select, share, total } from './queries.ts';

const perMinute = (metric: string, matchers: string, by: string) => `60 * ${rate(metric, matchers, by)}`;

const WHOLE = { decimals: 0 };

/** What the shop does: orders, money, stock, and what customers are told. */
export const ordersAndMoney: DashboardSpec = {
  uid: 'tributary-orders-and-money',
  title: 'Tributary / Orders and money',
  description: 'What the shop does: orders, money, stock, notifications. Numbers are of the time that is shown.',
  from: 'now-6h',
  sections: [sums(), orders(), payments(), books(), stock(), notifications()],
};

function sums(): Section {
  const placed = total('orders_total', 'status="PLACED"');
  return {
    title: 'In the time shown',
    panels: [
      stat('Orders placed', 'Every order begins so.', { expr: placed }, WHOLE),
      stat('Paid', 'Orders whose money was collected.', { expr: total('orders_total', 'status="PAID"') }, WHOLE),
      stat(
        'Cancelled',
        'Share of orders placed: no stock, no money, no confirmation in time, or the customer.',
        { expr: share(total('orders_total', 'status="CANCELLED"'), placed) },
        {
          unit: 'percentunit',
          steps: [
            [0.1, 'yellow'],
            [0.3, 'red'],
          ],
        },
      ),
      stat(
        'Declined',
        'Share of payments that the provider was asked for.',
        {
          expr: share(
            total('payments_total', 'outcome="DECLINED"'),
            total('payments_total', 'outcome=~"AUTHORIZED|DECLINED"'),
          ),
        },
        { unit: 'percentunit', steps: [[0.3, 'yellow']] },
      ),
      stat(
        'Stock-outs',
        'Times that the last available unit of a product was reserved.',
        { expr: total('stock_outs_total') },
        WHOLE,
      ),
      stat(
        'Books differ',
        'From the payment provider, and not found to be settled yet.',
        { expr: `sum(max by (kind) (${select('payment_reconciliation_differences')}))` },
        { steps: [[1, 'red']] },
      ),
    ],
  };
}

function orders(): Section {
  return {
    title: 'Orders',
    panels: [
      timeSeries(
        'Orders by status, a minute',
        'Each status that orders reached. docs/order-states.md draws what leads from one to another.',
        [{ expr: perMinute('orders_total', '', 'status'), legend: '{{status}}' }],
        { unit: 'cpm', w: 12 },
      ),
      timeSeries(
        'Placed, and not yet paid or cancelled',
        'What grows from its level before is stuck in the saga: look at the event pipeline and the payment provider.',
        [
          {
            expr: `${total('orders_total', 'status="PLACED"')} - (${total('orders_total', 'status=~"PAID|CANCELLED"')} or vector(0))`,
            legend: 'open orders',
          },
        ],
        { w: 12 },
      ),
    ],
  };
}

function payments(): Section {
  const money = (metric: string) => `3600 * ${rate(metric, '', 'currency')}`;
  return {
    title: 'Money',
    panels: [
      timeSeries(
        'Collected, an hour',
        'Revenue before refunds by currency, in minor units: cents of EUR and USD, yen of JPY.',
        [{ expr: money('payments_captured_minor_units_total'), legend: '{{currency}}' }],
      ),
      timeSeries('Given back, an hour', 'Refunds by currency, in minor units.', [
        { expr: money('payments_refunded_minor_units_total'), legend: '{{currency}}' },
      ]),
      timeSeries(
        'Payments by outcome, a minute',
        'Each status that payments reached.',
        [{ expr: perMinute('payments_total', '', 'outcome'), legend: '{{outcome}}' }],
        { unit: 'cpm' },
      ),
    ],
  };
}

function books(): Section {
  return {
    title: 'Payment provider',
    panels: [
      timeSeries(
        'Reports of the provider',
        'Webhooks: applied, repeated, refused by the steps, unknown, malformed, bad_signature.',
        [{ expr: perMinute('payment_webhooks_total', '', 'outcome'), legend: '{{outcome}}' }],
        { unit: 'cpm', stacked: true },
      ),
      timeSeries(
        'Differences of the books',
        'Found by reconciliation, and not found to be settled since.',
        [{ expr: `max by (kind) (${select('payment_reconciliation_differences')})`, legend: '{{kind}}' }],
        { steps: [[1, 'red']] },
      ),
      timeSeries(
        'Provider answers',
        '1 while it answered when it was last asked.',
        [{ expr: `min(${select('external_service_up', 'service="payment-provider"')})`, legend: 'payment-provider' }],
        { max: 1 },
      ),
    ],
  };
}

function stock(): Section {
  return {
    title: 'Stock',
    panels: [
      timeSeries(
        'Reservations by outcome, a minute',
        'rejected: too little was there; expired: nobody confirmed or released it in time.',
        [{ expr: perMinute('stock_reservations_total', '', 'outcome'), legend: '{{outcome}}' }],
        { unit: 'cpm', w: 12 },
      ),
      timeSeries(
        'Stock-outs, an hour',
        'Times that the last available unit of a product was reserved.',
        [{ expr: `3600 * ${rate('stock_outs_total')}`, legend: 'stock-outs' }],
        { w: 12 },
      ),
    ],
  };
}

function notifications(): Section {
  return {
    title: 'Notifications',
    panels: [
      timeSeries(
        'By channel and outcome, a minute',
        'sent, skipped (nobody wants it), held (quiet hours), retried, failed, bounced.',
        [{ expr: perMinute('notifications_total', '', 'channel, outcome'), legend: '{{channel}} {{outcome}}' }],
        { unit: 'cpm', stacked: true, w: 12 },
      ),
      timeSeries(
        'Failures by channel',
        'Share that failed for good or bounced.',
        [
          {
            expr: share(
              rate('notifications_total', 'outcome=~"failed|bounced"', 'channel'),
              rate('notifications_total', 'outcome=~"sent|failed|bounced"', 'channel'),
            ),
            legend: '{{channel}}',
          },
        ],
        { unit: 'percentunit', max: 1, w: 12, steps: [[0.1, 'red']] },
      ),
    ],
  };
}
