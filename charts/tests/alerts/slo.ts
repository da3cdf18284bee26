import type { AlertTest, FiringAlert, RecordingTest } from './alert-test.ts';

const gateway = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z",service="gateway"';
const orders = 'namespace="shop",pod="tributary-orders-6b9f7c5d4-x2x4z",service="orders"';
const operations = (outcome: string, more = gateway) =>
  `graphql_operations_total{${more},operation="other",type="query",outcome="${outcome}",client="other",line=""}`;
const durations = (suffix: string, type = 'query', le = '', outcome = 'success') =>
  `graphql_operation_duration_seconds${suffix}{${gateway},operation="other",type="${type}",outcome="${outcome}"${le}}`;
const fetches = (outcome: string) =>
  `graphql_subgraph_fetch_duration_seconds_count{${gateway},subgraph="orders",outcome="${outcome}"}`;

const SHORT = { '1h': '5m', '6h': '30m', '1d': '2h', '3d': '6h' };

/** Burns fast for four hours: page after page, then tickets; afterwards each ends when its short window is clean. */
const burning = (
  service: string,
  slo: string,
  dashboard: string,
  values: { now: string; tenMinutesLater: string },
): AlertTest['fires'] => {
  const firing = (longs: (keyof typeof SHORT)[], value = values.now): FiringAlert[] =>
    longs.map((long) => ({
      labels: {
        severity: long === '1h' || long === '6h' ? 'page' : 'ticket',
        team: service,
        namespace: 'shop',
        service,
        slo,
        long,
        short: SHORT[long],
      },
      value,
      dashboard,
    }));
  return [
    { at: '10m', alerts: firing(['1h']) },
    { at: '20m', alerts: firing(['1h', '6h']) },
    { at: '65m', alerts: firing(['1h', '6h', '1d']) },
    { at: '185m', alerts: firing(['1h', '6h', '1d', '3d']) },
    { at: '250m', alerts: firing(['6h', '1d', '3d'], values.tenMinutesLater) },
  ];
};

export const sloTests: Record<string, AlertTest> = {
  GatewayErrorBudgetBurn: {
    // Many are refused by right, and one in 2000 fails: that is within the budget.
    silent: {
      series: {
        [operations('success')]: '0+1999x300',
        [operations('failure')]: '0+1x300',
        [operations('refused')]: '0+1000x300',
        [operations('failure', orders)]: '0+1000x300',
      },
      at: '290m',
    },
    series: {
      [operations('success')]: '0+570x620',
      [operations('partial')]: '0+20x240 4800x380',
      [operations('failure')]: '0+10x240 2400x380',
      // They make the share of failures no smaller.
      [operations('refused')]: '0+6000x620',
    },
    notYetAt: '5m',
    fires: burning('gateway', 'gateway-availability', 'tributary-slo', { now: '5%', tenMinutesLater: '4.81%' }),
    resolvedAt: '610m',
  },
  GatewayLatencyBudgetBurn: {
    // Subscriptions last.
    silent: {
      series: {
        [durations('_count')]: '0+600x300',
        [durations('_bucket', 'query', ',le="0.5"')]: '0+598x300',
        [durations('_count', 'subscription')]: '0+60x300',
        [durations('_bucket', 'subscription', ',le="0.5"')]: '0x300',
      },
      at: '290m',
    },
    series: {
      [durations('_count')]: '0+600x620',
      [durations('_bucket', 'query', ',le="0.5"')]: '0+420x240 101400+600x379',
      [durations('_count', 'query', '', 'refused')]: '0+6000x620',
      [durations('_bucket', 'query', ',le="0.5"', 'refused')]: '0+6000x620',
    },
    notYetAt: '5m',
    fires: burning('gateway', 'gateway-latency', 'tributary-slo', { now: '30%', tenMinutesLater: '28.8%' }),
    resolvedAt: '610m',
  },
  SubgraphErrorBudgetBurn: {
    // Errors that are the callers', callers who have gone; and of little traffic every fiftieth fails: 9 in three days.
    silent: {
      series: {
        [fetches('ok')]: '0+0.09x300',
        [fetches('errors')]: '0+0.008x300',
        [fetches('cancelled')]: '0+10x300',
        [fetches('unavailable')]: '0+0.002x300',
        [operations('refused', orders)]: '0+1x300',
      },
      at: '290m',
    },
    series: {
      [fetches('ok')]: '0+537x620',
      [fetches('errors')]: '0+33x620',
      [fetches('unavailable')]: '0+30x240 7200x380',
      [operations('failure', orders)]: '0+33x240 7920x380',
    },
    notYetAt: '5m',
    fires: burning('orders', 'subgraph-availability', 'tributary-subgraph-orders', {
      now: '10.5%',
      tenMinutesLater: '10.1%',
    }),
    resolvedAt: '610m',
  },
};

export const sloRecordingTests: RecordingTest[] = [
  {
    series: {},
    expr: 'slo:objective:ratio',
    at: '1m',
    samples: [
      { labels: 'slo:objective:ratio{slo="gateway-availability"}', value: 0.999 },
      { labels: 'slo:objective:ratio{slo="gateway-latency"}', value: 0.99 },
      { labels: 'slo:objective:ratio{slo="subgraph-availability"}', value: 0.999 },
    ],
  },
];
