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
