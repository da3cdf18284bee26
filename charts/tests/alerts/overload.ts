import type { AlertTest } from './alert-test.ts';

const at = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z"';
const own = 'service="gateway"';
const shed = (priority: string) => `gateway_requests_shed_total{${at},${own},priority="${priority}"}`;
const requests = (status: string, route = '/graphql') =>
  `http_requests_total{${at},${own},method="POST",route="${route}",status="${status}"}`;

export const overloadTests: Record<string, AlertTest> = {
  RequestsShed: {
    // One in two hundred.
    silent: {
      series: { [requests('200')]: '0+995x30', [shed('low')]: '0+5x30', [requests('503')]: '0+5x30' },
      at: '25m',
    },
    series: {
      [requests('200')]: '0+980x60',
      [requests('503')]: '0x10 0+20x20 400x30',
      // Nothing is shed there.
      [requests('200', '/media/*')]: '0+100000x60',
      [shed('low')]: '0x10 0+15x20 300x30',
      [shed('high')]: '0x10 0+5x20 100x30',
    },
    notYetAt: '13m',
    fires: [
      {
        at: '25m',
        alerts: [
          {
            labels: { severity: 'page', team: 'gateway', namespace: 'shop', service: 'gateway' },
            value: '2%',
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '50m',
  },
};
