import type { AlertTest } from './alert-test.ts';

const gateway1 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z"';
const gateway2 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-k8s2d"';
const own = 'service="gateway"';
const dashboard = 'tributary-gateway';
const ticket = { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway' };

export const schemaTests: Record<string, AlertTest> = {
  SupergraphRolledBack: {
    // Long ago.
    silent: {
      series: { [`graph_supergraph_updates_total{${gateway1},${own},outcome="rolled_back"}`]: '1x120' },
      at: '90m',
    },
    // A counter's first value is 1: before it there was no series.
    series: {
      [`graph_supergraph_updates_total{${gateway1},${own},outcome="rolled_back"}`]: '_x20 1x120',
      [`graph_supergraph_updates_total{${gateway1},${own},outcome="adopted"}`]: '1x19 2x120',
    },
    notYetAt: '18m',
    fires: [{ at: '25m', alerts: [{ labels: { ...ticket, team: 'platform' }, value: '1', dashboard }] }],
    resolvedAt: '85m',
  },
  SupergraphRefused: {
    silent: {
      series: { [`graph_supergraph_updates_total{${gateway1},${own},outcome="unchanged"}`]: '0+1x120' },
      at: '90m',
    },
    series: {
      [`graph_supergraph_updates_total{${gateway1},${own},outcome="refused"}`]: '1x69 2x100',
      [`graph_supergraph_updates_total{${gateway2},${own},outcome="refused"}`]: '_x70 1x100',
    },
    notYetAt: '68m',
    fires: [{ at: '75m', alerts: [{ labels: { ...ticket, team: 'platform' }, value: '2', dashboard }] }],
    resolvedAt: '140m',
  },
  LastGoodSupergraphServes: {
    // The source is back soon.
    silent: { series: { [`graph_supergraph_is_last_good{${gateway1},${own}}`]: '1x5 0x20' }, at: '15m' },
    series: {
      [`graph_supergraph_is_last_good{${gateway1},${own}}`]: '1x30 0x10',
      [`graph_supergraph_is_last_good{${gateway2},${own}}`]: '1x30 0x10',
    },
    notYetAt: '9m',
    fires: [{ at: '20m', alerts: [{ labels: ticket, value: '2', dashboard }] }],
    resolvedAt: '35m',
  },
  SupergraphSourceDown: {
    silent: {
      series: {
        [`external_service_up{${gateway1},service="supergraph"}`]: '0x40',
        [`external_service_up{${gateway2},service="supergraph"}`]: '1x40',
        [`external_service_up{${gateway2},service="jwks"}`]: '0x40',
      },
      at: '30m',
    },
    series: { [`external_service_up{${gateway1},service="supergraph"}`]: '1x2 0x30 1x10' },
    notYetAt: '17m',
    fires: [{ at: '25m', alerts: [{ labels: ticket, dashboard }] }],
    resolvedAt: '40m',
  },
  SunsetNear: {
    silent: {
      series: {
        // Nobody uses it any more.
        [`graph_sunset_days{${gateway1},${own},coordinate="User.name"}`]: '12x1600',
        [`graph_deprecated_usage_total{${gateway1},${own},coordinate="User.name",line="1",client="web"}`]: '7x1600',
        // There is time.
        [`graph_sunset_days{${gateway1},${own},coordinate="Product.available"}`]: '90x1600',
        [`graph_deprecated_usage_total{${gateway1},${own},coordinate="Product.available",line="1",client="web"}`]:
          '0+1x1600',
      },
      at: '1500m',
    },
    series: {
      [`graph_sunset_days{${gateway1},${own},coordinate="User.name"}`]: '30x60 29x1500 -1x60',
      [`graph_deprecated_usage_total{${gateway1},${own},coordinate="User.name",line="1",client="web"}`]: '0+1x1700',
      [`graph_deprecated_usage_total{${gateway1},${own},coordinate="User.name",line="1",client="other"}`]: '5x1700',
    },
    notYetAt: '65m',
    fires: [
      {
        at: '100m',
        alerts: [{ labels: { ...ticket, team: 'platform', coordinate: 'User.name' }, value: '29', dashboard }],
      },
    ],
    resolvedAt: '1570m',
  },
  DeprecatedFieldPastSunset: {
    silent: {
      series: {
        [`graph_sunset_days{${gateway1},${own},coordinate="User.name"}`]: '0x100',
        [`graph_deprecated_usage_total{${gateway1},${own},coordinate="User.name",line="1",client="web"}`]: '0+1x100',
      },
      at: '90m',
    },
    series: {
      [`graph_sunset_days{${gateway1},${own},coordinate="User.name"}`]: '0x60 -1x1600',
      // Asked for once more.
      [`graph_deprecated_usage_total{${gateway1},${own},coordinate="User.name",line="1",client="web"}`]: '1x30 2x1600',
    },
    notYetAt: '65m',
    fires: [
      {
        at: '100m',
        alerts: [{ labels: { ...ticket, team: 'platform', coordinate: 'User.name' }, value: '1', dashboard }],
      },
    ],
    resolvedAt: '1600m',
  },
  UsageNotWritten: {
    // Some flushes fail; what they held comes with the next.
    silent: {
      series: {
        [`graph_usage_flushes_total{${gateway1},${own},outcome="failed"}`]: '0+1x60',
        [`graph_usage_flushes_total{${gateway1},${own},outcome="written"}`]: '0+1x60',
      },
      at: '40m',
    },
    series: {
      [`graph_usage_flushes_total{${gateway1},${own},outcome="failed"}`]: '0+1x50 50x60',
      [`graph_usage_flushes_total{${gateway1},${own},outcome="written"}`]: '5x50 6+1x59',
    },
    notYetAt: '10m',
    fires: [{ at: '30m', alerts: [{ labels: ticket, dashboard }] }],
    resolvedAt: '60m',
  },
};
