import type { AlertTest } from './alert-test.ts';

const gateway1 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z",service="gateway"';
const gateway2 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-k8s2d",service="gateway"';
const hits = (gateway: string, limit: string) => `graphql_limits_hit_total{${gateway},limit="${limit}"}`;
const operations = (gateway: string, outcome: string) => `graphql_operations_total{${gateway},outcome="${outcome}"}`;

export const limitTests: Record<string, AlertTest> = {
  LimitsHitOften: {
    // Half of the requests, which are one in half a minute: somebody tries things out.
    silent: {
      series: {
        [operations(gateway1, 'success')]: '0+1x60',
        [operations(gateway1, 'refused')]: '0+1x60',
        [hits(gateway1, 'depth')]: '0+1x60',
      },
      at: '50m',
    },
    series: {
      [operations(gateway1, 'success')]: '0+600x120',
      [operations(gateway1, 'refused')]: '0x20 0+90x40 3600x60',
      [operations(gateway2, 'success')]: '0+300x120',
      [hits(gateway1, 'aliases')]: '0x20 0+90x40 3600x60',
      // One in a hundred.
      [hits(gateway1, 'tokens')]: '0+9x120',
      [hits(gateway2, 'tokens')]: '0x120',
    },
    notYetAt: '30m',
    fires: [
      {
        at: '55m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway', limit: 'aliases' },
            value: '9.091%',
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '90m',
  },
};
