import type { AlertTest } from './alert-test.ts';

const gateway1 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z"';
const gateway2 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-k8s2d"';
const own = 'service="gateway"';
const dashboard = 'tributary-gateway';
const ticket = { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway' };
const decisions = (key: string, outcome: string) =>
  `rate_limit_decisions_total{${gateway1},${own},key="${key}",outcome="${outcome}"}`;

export const rateLimitTests: Record<string, AlertTest> = {
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
