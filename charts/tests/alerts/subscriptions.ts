import type { AlertTest } from './alert-test.ts';

const gateway1 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-x2x4z"';
const gateway2 = 'namespace="shop",pod="tributary-gateway-6b9f7c5d4-k8s2d"';
const own = 'service="gateway"';
const dashboard = 'tributary-gateway';
const ticket = { severity: 'ticket', team: 'gateway', namespace: 'shop', service: 'gateway' };
const open = (what: string, transport: string, pod = gateway1) =>
  `graphql_${what}_active{${pod},${own},transport="${transport}"}`;
const most = (what: string, pod = gateway1) => `graphql_live_limit{${pod},${own},what="${what}"}`;
const refused = (limit: string, what = 'subscriptions', pod = gateway1) =>
  `graphql_live_refused_total{${pod},${own},what="${what}",limit="${limit}"}`;
const pending = (pod: string) => `graphql_subscription_source_pending{${pod},${own}}`;
const hears = (pod: string) => `graphql_subscription_source_up{${pod},${own}}`;
const broker = (pod: string) => `external_service_up{${pod},service="nats"}`;
const events = (outcome: string) => `graphql_subscription_events_total{${gateway1},${own},outcome="${outcome}"}`;

export const subscriptionTests: Record<string, AlertTest> = {
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
  SubscriptionsRefusedForMemory: {
    // A peak that is over soon, and somebody who has too many for as long as you like.
    silent: { series: { [refused('memory')]: '0x5 0+20x4 80x40', [refused('user')]: '0+20x49' }, at: '14m' },
    series: {
      [refused('memory')]: '0x5 0+20x20 400x40',
      [refused('memory', 'connections', gateway2)]: '0x7 0+1x18 18x40',
    },
    notYetAt: '15m',
    fires: [{ at: '20m', alerts: [{ labels: ticket, value: '2', dashboard }] }],
    resolvedAt: '40m',
  },
  SubscriptionEventsLate: {
    // Bursts, each of which is heard.
    silent: { series: { [pending(gateway1)]: '0 900 800 0 900 800 0 900 800 0 900 800 0 900 800 0 900' }, at: '16m' },
    series: {
      [pending(gateway1)]: '0x5 300+10x30 0x20',
      [pending(gateway2)]: '0x60',
    },
    notYetAt: '14m',
    fires: [
      {
        at: '20m',
        alerts: [{ labels: { ...ticket, pod: 'tributary-gateway-6b9f7c5d4-x2x4z' }, value: '390', dashboard }],
      },
    ],
    resolvedAt: '45m',
  },
  SubscriptionEventsUnheard: {
    // The broker is away; and a pod that takes a moment to hear.
    silent: {
      series: {
        [hears(gateway1)]: '0x30',
        [broker(gateway1)]: '0x30',
        [hears(gateway2)]: '1x10 0x3 1x20',
        [broker(gateway2)]: '1x30',
      },
      at: '20m',
    },
    series: {
      [hears(gateway1)]: '1x5 0x20 1x20',
      [hears(gateway2)]: '1x7 0x18 1x20',
      [broker(gateway1)]: '1x50',
      [broker(gateway2)]: '1x50',
    },
    notYetAt: '10m',
    fires: [{ at: '20m', alerts: [{ labels: { ...ticket, severity: 'page' }, value: '2', dashboard }] }],
    resolvedAt: '30m',
  },
  SubscriptionEventsFailing: {
    // One in fifty; and many that somebody asked for who may not see all of it.
    silent: {
      series: { [events('delivered')]: '0+90x40', [events('errors')]: '0+400x40', [events('failed')]: '0+10x40' },
      at: '35m',
    },
    series: {
      [events('delivered')]: '0+80x62',
      [events('hidden')]: '0+10x62',
      [events('failed')]: '0x10 0+10x30 300x20',
    },
    notYetAt: '20m',
    fires: [{ at: '35m', alerts: [{ labels: ticket, value: '10%', dashboard }] }],
    resolvedAt: '60m',
  },
};
