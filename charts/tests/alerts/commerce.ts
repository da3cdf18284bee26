import type { AlertTest } from './alert-test.ts';

const orders = 'namespace="shop",pod="tributary-orders-6b9f7c5d4-x2x4z",service="orders"';
const payments = 'namespace="shop",pod="tributary-payments-6b9f7c5d4-x2x4z",service="payments"';
const inventory = 'namespace="shop",pod="tributary-inventory-6b9f7c5d4-x2x4z",service="inventory"';
const notifications = 'namespace="shop",pod="tributary-notifications-6b9f7c5d4-x2x4z",service="notifications"';
const dashboard = 'tributary-orders-and-money';
const ticketOf = (team: string) => ({ severity: 'ticket', team, namespace: 'shop', service: team });

export const commerceTests: Record<string, AlertTest> = {
  OrdersStuck: {
    // There is no stock: they come to an end.
    silent: {
      series: {
        [`orders_total{${orders},status="PLACED"}`]: '0+2x60',
        [`orders_total{${orders},status="CANCELLED"}`]: '0+1x60',
      },
      at: '50m',
    },
    series: {
      [`orders_total{${orders},status="PLACED"}`]: '0+2x80',
      [`orders_total{${orders},status="RESERVED"}`]: '0+2x80',
      [`orders_total{${orders},status="PAID"}`]: '0+2x10 20x30 20+2x40',
    },
    notYetAt: '29m',
    fires: [
      {
        at: '35m',
        alerts: [
          {
            labels: { severity: 'page', team: 'orders', namespace: 'shop', service: 'orders' },
            value: '30',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '50m',
  },
  ReconciliationDifference: {
    silent: {
      series: { [`payment_reconciliation_differences{${payments},kind="CHARGED_TWICE"}`]: '0x30' },
      at: '20m',
    },
    series: {
      [`payment_reconciliation_differences{${payments},kind="CHARGED_TWICE"}`]: '0x2 1x20 0x10',
      [`payment_reconciliation_differences{${payments},kind="AMOUNT_DIFFERS"}`]: '0x40',
    },
    notYetAt: '7m',
    fires: [
      { at: '15m', alerts: [{ labels: { ...ticketOf('payments'), kind: 'CHARGED_TWICE' }, value: '1', dashboard }] },
    ],
    resolvedAt: '30m',
  },
  PaymentWebhooksBadlySigned: {
    // Somebody tries, among many good ones.
    silent: {
      series: {
        [`payment_webhooks_total{${payments},outcome="bad_signature"}`]: '0+1x60',
        [`payment_webhooks_total{${payments},outcome="applied"}`]: '0+10x60',
      },
      at: '30m',
    },
    series: {
      [`payment_webhooks_total{${payments},outcome="bad_signature"}`]: '0+2x30 60x30',
      [`payment_webhooks_total{${payments},outcome="applied"}`]: '0+1x60',
    },
    notYetAt: '5m',
    fires: [{ at: '20m', alerts: [{ labels: ticketOf('payments'), value: '30', dashboard }] }],
    resolvedAt: '55m',
  },
  PaymentsMostlyDeclined: {
    // Half a dozen at night say nothing.
    silent: {
      series: {
        [`payments_total{${payments},outcome="DECLINED"}`]: '0+0.2x60',
        [`payments_total{${payments},outcome="AUTHORIZED"}`]: '0+0.1x60',
      },
      at: '50m',
    },
    series: {
      [`payments_total{${payments},outcome="DECLINED"}`]: '0+3x40 120x60',
      [`payments_total{${payments},outcome="AUTHORIZED"}`]: '0+1x100',
      // Neither: what became of them later.
      [`payments_total{${payments},outcome="CAPTURED"}`]: '0+1x100',
    },
    notYetAt: '5m',
    fires: [{ at: '35m', alerts: [{ labels: ticketOf('payments'), value: '75%', dashboard }] }],
    resolvedAt: '75m',
  },
  StockReservationsRejected: {
    silent: {
      series: {
        [`stock_reservations_total{${inventory},outcome="rejected"}`]: '0+1x60',
        [`stock_reservations_total{${inventory},outcome="reserved"}`]: '0+3x60',
        [`stock_reservations_total{${inventory},outcome="released"}`]: '0+1x60',
      },
      at: '50m',
    },
    series: {
      [`stock_reservations_total{${inventory},outcome="rejected"}`]: '0+4x40 160x60',
      [`stock_reservations_total{${inventory},outcome="reserved"}`]: '0+1x100',
    },
    notYetAt: '5m',
    fires: [{ at: '35m', alerts: [{ labels: ticketOf('inventory'), value: '80%', dashboard }] }],
    resolvedAt: '75m',
  },
  EmailsFailing: {
    // Customers' webhooks are theirs.
    silent: {
      series: {
        [`notifications_total{${notifications},channel="webhook",outcome="failed"}`]: '0+5x60',
        [`notifications_total{${notifications},channel="email",outcome="sent"}`]: '0+1x60',
      },
      at: '50m',
    },
    series: {
      [`notifications_total{${notifications},channel="email",outcome="retried"}`]: '0+1x40 40x60',
      [`notifications_total{${notifications},channel="email",outcome="failed"}`]: '0+1x40 40x60',
      [`notifications_total{${notifications},channel="email",outcome="sent"}`]: '0+2x100',
    },
    notYetAt: '10m',
    fires: [
      {
        at: '35m',
        alerts: [{ labels: ticketOf('notifications'), value: '50%', dashboard: 'tributary-subgraph-notifications' }],
      },
    ],
    resolvedAt: '75m',
  },
};
