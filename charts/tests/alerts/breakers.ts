import type { AlertTest } from './alert-test.ts';

const gateway = 'namespace="shop",service="gateway"';
const state = (pod: string, type: string) =>
  `graphql_circuit_breaker_state{${gateway},pod="${pod}",subgraph="orders",type="${type}"}`;
const rejected = (reason: string) =>
  `graphql_subgraph_fetches_rejected_total{${gateway},pod="g1",subgraph="orders",reason="${reason}"}`;

export const breakerTests: Record<string, AlertTest> = {
  CircuitBreakerOpen: {
    // It opened and closed; another one stays open as nobody asks for its type any more.
    silent: {
      series: {
        [state('g1', 'Order')]: '0 0 2 0x27',
        [state('g1', 'User')]: '2x30',
        [rejected('breaker')]: '50x30',
        [rejected('deadline')]: '0+60x30',
      },
      at: '20m',
    },
    series: {
      [state('g1', '*')]: '0x40',
      [state('g1', 'Order')]: '0 0 2 2 1 2 2 1 2 2 1 2 2 1 2 2 0x20',
      [state('g2', 'Order')]: '0x40',
      [rejected('breaker')]: '0 0 0+60x14 840x20',
    },
    notYetAt: '3m',
    fires: [
      {
        at: '10m',
        alerts: [
          {
            labels: {
              ...{ severity: 'ticket', team: 'orders', namespace: 'shop', subgraph: 'orders', service: 'orders' },
              type: 'Order',
            },
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '25m',
  },
};
