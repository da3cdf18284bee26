import type { AlertTest } from './alert-test.ts';

const at = 'namespace="shop"';
const orders1 = `${at},pod="tributary-orders-6b9f7c5d4-x2x4z"`;
const orders2 = `${at},pod="tributary-orders-6b9f7c5d4-k8s2d"`;
const payments = `${at},pod="tributary-payments-canary-7c5d46b9f-q9w8e"`;

const operations = (name: string, outcome: string) =>
  `graphql_operations_total{${at},pod="g",service="gateway",operation="${name}",type="mutation",outcome="${outcome}",client="other",line=""}`;

export const serviceTests: Record<string, AlertTest> = {
  GatewayAbsent: {
    // The others are gone.
    silent: {
      series: {
        [`process_start_time_seconds{${at},pod="a",service="gateway"}`]: '1x30',
        [`process_start_time_seconds{${at},pod="b",service="gateway"}`]: '1x5 stale _x24',
      },
      at: '20m',
    },
    series: {
      [`process_start_time_seconds{${at},pod="a",service="gateway"}`]: '1x10 stale _x19 1x10',
      [`process_start_time_seconds{${orders1},service="orders"}`]: '1x40',
    },
    notYetAt: '12m',
    fires: [
      {
        at: '20m',
        alerts: [
          { labels: { severity: 'page', team: 'gateway', service: 'gateway' }, dashboard: 'tributary-overview' },
        ],
      },
    ],
    resolvedAt: '35m',
  },
  OperationFailing: {
    // One in ten; one that is asked for once in two minutes; and what clients make up.
    silent: {
      series: {
        [operations('PlaceOrder', 'success')]: '0+90x30',
        [operations('PlaceOrder', 'failure')]: '0+10x30',
        [operations('Rare', 'failure')]: '0 0 1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 10 10 11 11 12 12 13 13 14 14',
        [operations('other', 'failure')]: '0+100x30',
      },
      at: '25m',
    },
    series: {
      [operations('Browse', 'success')]: '0+10000x60',
      [operations('PlaceOrder', 'success')]: '0+10x10 110+6x20 230+10x30',
      [operations('PlaceOrder', 'partial')]: '0x10 1+4x20 81x30',
    },
    notYetAt: '19m',
    fires: [
      {
        at: '28m',
        alerts: [
          {
            labels: {
              severity: 'ticket',
              team: 'gateway',
              namespace: 'shop',
              service: 'gateway',
              operation: 'PlaceOrder',
              type: 'mutation',
            },
            value: '40%',
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '45m',
  },
  EventLoopSaturated: {
    silent: {
      series: {
        [`nodejs_eventloop_utilization{${orders1},service="orders"}`]: '1x30',
        [`nodejs_eventloop_utilization{${orders2},service="orders"}`]: '0.5x30',
      },
      at: '25m',
    },
    series: { [`nodejs_eventloop_utilization{${orders1},service="orders"}`]: '0.95x30 0.2x10' },
    notYetAt: '14m',
    fires: [
      {
        at: '20m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'orders', namespace: 'shop', service: 'orders' },
            value: '95%',
            dashboard: 'tributary-subgraph-orders',
          },
        ],
      },
    ],
    resolvedAt: '35m',
  },
  EventLoopBlocked: {
    silent: { series: { [`nodejs_eventloop_lag_p99_seconds{${orders1},service="orders"}`]: '0.2x30' }, at: '25m' },
    series: {
      [`nodejs_eventloop_lag_p99_seconds{${orders1},service="orders"}`]: '0.4x20 0.02x10',
      [`nodejs_eventloop_lag_p99_seconds{${at},pod="g",service="gateway"}`]: '0.4x20 0.02x10',
    },
    notYetAt: '9m',
    fires: [
      {
        at: '15m',
        alerts: [
          {
            labels: {
              severity: 'ticket',
              team: 'orders',
              namespace: 'shop',
              service: 'orders',
              pod: 'tributary-orders-6b9f7c5d4-x2x4z',
            },
            value: '400ms',
            dashboard: 'tributary-subgraph-orders',
          },
          {
            labels: { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway', pod: 'g' },
            value: '400ms',
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '25m',
  },
  DatabasePoolExhausted: {
    // It waits now and then, and gets on.
    silent: {
      series: { [`db_client_pending_requests{${orders1},service="orders"}`]: '3x2 0 3x2 0 3x2 0 3x2 0 3x2 0' },
      at: '15m',
    },
    series: { [`db_client_pending_requests{${orders1},service="orders"}`]: '0 3x20 0x10' },
    notYetAt: '9m',
    fires: [
      {
        at: '15m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'orders', namespace: 'shop', service: 'orders' },
            value: '3',
            dashboard: 'tributary-subgraph-orders',
          },
        ],
      },
    ],
    resolvedAt: '25m',
  },
  SubgraphConnectionsExhausted: {
    silent: {
      series: {
        [`http_client_pending_requests{${at},pod="g",service="gateway",subgraph="users"}`]:
          '3x2 0 3x2 0 3x2 0 3x2 0 3x2 0',
      },
      at: '15m',
    },
    series: { [`http_client_pending_requests{${at},pod="g",service="gateway",subgraph="users"}`]: '0 4x20 0x10' },
    notYetAt: '9m',
    fires: [
      {
        at: '15m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'users', namespace: 'shop', subgraph: 'users', service: 'users' },
            value: '4',
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '25m',
  },
  ExternalServiceDown: {
    // One pod reaches it; the other does not.
    silent: {
      series: {
        [`external_service_up{${orders1},service="nats"}`]: '0x30',
        [`external_service_up{${orders2},service="nats"}`]: '1x30',
        [`external_service_up{${at},pod="tributary-gateway-6b9f7c5d4-x2x4z",service="supergraph"}`]: '0x30',
        [`external_service_up{${at},pod="tributary-gateway-6b9f7c5d4-x2x4z",service="redis"}`]: '0x30',
        [`external_service_up{${at},pod="tributary-gateway-6b9f7c5d4-x2x4z",service="documents"}`]: '0x30',
      },
      at: '20m',
    },
    series: {
      [`external_service_up{${orders1},service="nats"}`]: '1x2 0x20 1x10',
      [`external_service_up{${orders2},service="nats"}`]: '1x2 0x20 1x10',
      [`external_service_up{${payments},service="nats"}`]: '1x40',
      [`external_service_up{${payments},service="payment-provider"}`]: '1x2 0x20 1x10',
    },
    notYetAt: '7m',
    fires: [
      {
        at: '15m',
        alerts: [
          {
            labels: { severity: 'page', team: 'platform', namespace: 'shop', service: 'nats', asked_by: 'orders' },
            dashboard: 'tributary-overview',
          },
          {
            labels: {
              severity: 'page',
              team: 'payments',
              namespace: 'shop',
              service: 'payment-provider',
              asked_by: 'payments',
            },
            dashboard: 'tributary-overview',
          },
        ],
      },
    ],
    resolvedAt: '30m',
  },
};
