import type { AlertTest } from './alert-test.ts';

const own = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z",service="gateway"';
const shed = (priority: string) => `gateway_requests_shed_total{${own},priority="${priority}"}`;
const operations = (line: string, outcome: string) =>
  `graphql_operations_total{${own},operation="other",type="query",outcome="${outcome}",client="other",line="${line}"}`;

const planned = (outcome: string) => `graphql_query_plan_duration_seconds_count{${own},outcome="${outcome}"}`;

export const overloadTests: Record<string, AlertTest> = {
  RequestsShed: {
    // One in two hundred.
    silent: {
      series: {
        [operations('', 'success')]: '0+995x30',
        [operations('', 'failure')]: '0+4x30',
        [shed('low')]: '0+4x30',
        [shed('unread')]: '0+1x30',
      },
      at: '25m',
    },
    // Clients of versions, of which some use REST or WebSockets: nobody asks `/graphql`.
    series: {
      [operations('1', 'success')]: '0+600x60',
      [operations('2', 'success')]: '0+380x60',
      [operations('2', 'failure')]: '0x10 0+15x20 300x30',
      [shed('low')]: '0x10 0+10x20 200x30',
      [shed('high')]: '0x10 0+5x20 100x30',
      [shed('unread')]: '0x10 0+5x20 100x30',
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
  OperationsNotPlanned: {
    // A burst now and then; operations that are too complex, all the time.
    silent: {
      series: { [planned('overloaded')]: '0+4x60', [planned('deadline')]: '0+1x60', [planned('limit')]: '0+600x60' },
      at: '50m',
    },
    series: {
      [planned('planned')]: '0+3000x60',
      [planned('overloaded')]: '0x10 0+48x20 960x30',
      [planned('deadline')]: '0x10 0+12x20 240x30',
    },
    notYetAt: '19m',
    fires: [
      {
        at: '28m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway' },
            value: '1',
            dashboard: 'tributary-gateway',
          },
        ],
      },
    ],
    resolvedAt: '50m',
  },
};
