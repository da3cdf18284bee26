import type { AlertTest } from './alert-test.ts';

const pod = 'namespace="shop",pod="tributary-orders-6b9f7c5d4-x2x4z",service="orders"';
const other = 'namespace="shop",pod="tributary-orders-6b9f7c5d4-k8s2d",service="orders"';
const labels = { team: 'orders', namespace: 'shop', service: 'orders' };
const dashboard = 'tributary-events';

export const eventTests: Record<string, AlertTest> = {
  OutboxLagging: {
    silent: { series: { [`outbox_lag_seconds{${pod}}`]: '0+60x2 0+60x2 0+60x2 0+60x2 0+60x2' }, at: '12m' },
    series: {
      [`outbox_lag_seconds{${pod}}`]: '0x5 180x20 0x10',
      // Each pod tells of the same outbox.
      [`outbox_lag_seconds{${other}}`]: '0x5 180x20 0x10',
    },
    notYetAt: '10m',
    fires: [{ at: '15m', alerts: [{ labels: { severity: 'page', ...labels }, value: '3m 0s', dashboard }] }],
    resolvedAt: '30m',
  },
  OutboxGrowing: {
    // Many wait, and they become fewer.
    silent: { series: { [`outbox_pending{${pod}}`]: '5000-10x40' }, at: '30m' },
    series: { [`outbox_pending{${pod}}`]: '1000+10x40 0x20' },
    notYetAt: '15m',
    fires: [{ at: '30m', alerts: [{ labels: { severity: 'ticket', ...labels }, value: '1300', dashboard }] }],
    resolvedAt: '50m',
  },
  ConsumerFallingBehind: {
    silent: { series: { [`events_consumer_pending{${pod},consumer="orders"}`]: '5000-10x40' }, at: '30m' },
    series: { [`events_consumer_pending{${pod},consumer="orders"}`]: '500+10x40 0x20' },
    notYetAt: '15m',
    fires: [
      {
        at: '30m',
        alerts: [{ labels: { severity: 'ticket', ...labels, consumer: 'orders' }, value: '800', dashboard }],
      },
    ],
    resolvedAt: '50m',
  },
  DeadLettersWaiting: {
    // Redriven at once.
    silent: { series: { [`events_dead_letters{${pod},consumer="orders"}`]: '0x5 3x3 0x10' }, at: '12m' },
    series: { [`events_dead_letters{${pod},consumer="orders"}`]: '0x2 3x20 0x10' },
    notYetAt: '7m',
    fires: [
      {
        at: '15m',
        alerts: [{ labels: { severity: 'ticket', ...labels, consumer: 'orders' }, value: '3', dashboard }],
      },
    ],
    resolvedAt: '30m',
  },
};
