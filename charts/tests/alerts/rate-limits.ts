import type { AlertTest } from './alert-test.ts';

const gateway1 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z"';
const gateway2 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-k8s2d"';
const own = 'service="gateway"';
const dashboard = 'tributary-gateway';
const ticket = { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway' };
const decisions = (key: string, outcome: string) =>
  `rate_limit_decisions_total{${gateway1},${own},key="${key}",outcome="${outcome}"}`;

const open = (what: string, transport: string, pod = gateway1) =>
  `graphql_${what}_active{${pod},${own},transport="${transport}"}`;
const most = (what: string, pod = gateway1) => `graphql_live_limit{${pod},${own},what="${what}"}`;

export const rateLimitTests: Record<string, AlertTest> = {
  LiveConnectionsNearLimit: {
    // Two pods of which each is three quarters full.
    silent: {
      series: {
        [open('connections', 'websocket')]: '15000x60',
        [open('connections', 'websocket', gateway2)]: '15000x60',
        [most('connections')]: '20000x60',
        [most('connections', gateway2)]: '20000x60',
      },
      at: '50m',
    },
    series: {
      [open('connections', 'websocket')]: '1000x10 15000x30 1000x60',
      [open('connections', 'sse')]: '0x10 3000x30 0x60',
      [most('connections')]: '20000x100',
      [open('subscriptions', 'websocket')]: '100x100',
      [most('subscriptions')]: '40000x100',
      [open('connections', 'websocket', gateway2)]: '100x100',
      [most('connections', gateway2)]: '20000x100',
    },
    notYetAt: '19m',
    fires: [{ at: '25m', alerts: [{ labels: ticket, value: '90%', dashboard }] }],
    resolvedAt: '45m',
  },
  RateLimitsHit: {
    // One in twenty.
    silent: {
      series: { [decisions('ip', 'allowed')]: '0+950x60', [decisions('ip', 'limited')]: '0+50x60' },
      at: '50m',
    },
    series: {
      [decisions('ip', 'allowed')]: '0+1000x120',
      [decisions('ip', 'limited')]: '0x120',
      // Refused for their number, and for their cost.
      [decisions('user', 'allowed')]: '0+800x120',
      [decisions('user', 'limited')]: '0x20 0+100x40 4000x60',
      [decisions('user', 'limited_by_cost')]: '0x20 0+100x40 4000x60',
    },
    notYetAt: '30m',
    fires: [{ at: '55m', alerts: [{ labels: { ...ticket, key: 'user' }, value: '22.22%', dashboard }] }],
    resolvedAt: '90m',
  },
  RateLimitStoreDown: {
    // It is restarted.
    silent: { series: { [`external_service_up{${gateway1},service="redis"}`]: '1x10 0x5 1x20' }, at: '20m' },
    series: {
      [`external_service_up{${gateway1},service="redis"}`]: '1x5 0x30 1x20',
      [`external_service_up{${gateway2},service="redis"}`]: '1x60',
      // Another alert's.
      [`external_service_up{${gateway2},service="jwks"}`]: '0x60',
    },
    notYetAt: '14m',
    fires: [{ at: '20m', alerts: [{ labels: ticket, value: '1', dashboard }] }],
    resolvedAt: '40m',
  },
};
