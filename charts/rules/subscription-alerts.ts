import type { Alert } from './rule.ts';

/** Of what is kept open, over how many there may be, in each pod. */
const filled = (what: string) => `sum by (namespace, pod) (graphql_${what}_active)
/ on (namespace, pod)
max by (namespace, pod) (graphql_live_limit{what="${what}"}) > 0.8`;

const failedEvents = 'sum by (namespace) (rate(graphql_subscription_events_total{outcome="failed"}[5m]))';

/** What is kept open for clients, and whether they are told of events. */
export const subscriptionAlerts: readonly Alert[] = [
  {
    alert: 'LiveConnectionsNearLimit',
    expr: `max by (namespace) (
  ${filled('connections').replaceAll('\n', '\n  ')}
  or
  ${filled('subscriptions').replaceAll('\n', '\n  ')}
)`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'A gateway has nearly as many subscriptions or connections open as it may',
    description:
      '{{ $value | humanizePercentage }} of what one pod may keep open is taken. Beyond it, clients are refused with 503 and come again, to this pod or another one.',
    logs: 'service:"gateway" and transport:("websocket" or "sse" or "multipart")',
  },
  {
    alert: 'SubscriptionsRefusedForMemory',
    expr: `count by (namespace) (
  sum by (namespace, pod) (rate(graphql_live_refused_total{limit="memory"}[5m])) > 0
)`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'A gateway has no memory for more subscriptions',
    description:
      '{{ $value }} pods have refused connections or subscriptions for ten minutes, as too much of their heap is in use. Those that are open go on.',
    logs: 'service:"gateway" and transport:("websocket" or "sse" or "multipart")',
  },
  {
    alert: 'SubscriptionEventsLate',
    // At no time was the gateway up to date: a burst is heard within seconds.
    expr: 'max by (namespace, pod) (min_over_time(graphql_subscription_source_pending[5m])) > 100',
    for: '5m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: '{{ $labels.pod }} hears of events late',
    description:
      'For ten minutes {{ $value }} or more have waited at the broker: clients that subscribe through this pod are told late.',
  },
  {
    alert: 'SubscriptionEventsUnheard',
    // Where the broker itself does not answer, ExternalServiceDown says so.
    expr: `count by (namespace) (
  graphql_subscription_source_up == 0
  unless on (namespace, pod)
  external_service_up{service="nats"} == 0
)`,
    for: '5m',
    severity: 'page',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Clients that subscribe are told nothing',
    description:
      '{{ $value }} pods reach the broker and have heard no events for five minutes: its stream is gone, or the gateway may not read it.',
  },
  {
    alert: 'SubscriptionEventsFailing',
    // Not those with errors: a client may ask for what it may not see, all the time.
    expr: `${failedEvents}
/
sum by (namespace) (rate(graphql_subscription_events_total[5m])) > 0.05
and
${failedEvents} > 0.02`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Clients that subscribe are told errors in place of events',
    description:
      '{{ $value | humanizePercentage }} of the events could not be completed, for ten minutes: subgraphs do not answer, or the gateway has a defect.',
  },
];
