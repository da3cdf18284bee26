import { type Panel, timeSeries } from './panels.ts';
import { rate, select } from './queries.ts';

/** Subscriptions: what is open, how it ends, what its events come to, and whether the gateway hears them. */
export function livePanels(): Panel[] {
  return [
    timeSeries(
      'Open',
      'Connections that carry subscriptions or wait for them, subscriptions, and how many of those are different.',
      [
        { expr: byTransport('graphql_connections_active'), legend: 'connections, {{transport}}' },
        { expr: byTransport('graphql_subscriptions_active'), legend: 'subscriptions, {{transport}}' },
        { expr: `sum(${select('graphql_subscription_groups')})`, legend: 'different subscriptions' },
      ],
      { w: 12 },
    ),
    timeSeries(
      'Taken of what may be open',
      'By the gateway that has most. At 100 % clients are refused with 503, and come again.',
      ['connections', 'subscriptions'].map((what) => ({
        expr: `max(${taken(what)})`,
        legend: what,
      })),
      { unit: 'percentunit', max: 1, steps: [[0.8, 'red']], w: 12 },
    ),
    timeSeries(
      'Subscriptions ended',
      'completed by their source, left by the client, retired with their schema; the rest are interruptions.',
      [{ expr: rate('graphql_subscriptions_ended_total', '', 'reason'), legend: '{{reason}}' }],
      { unit: 'cps', stacked: true },
    ),
    timeSeries(
      'WebSockets closed',
      'By close code. 1000 and 1001: the client went. 1012: the gateway stops. 4403: a token.',
      [{ expr: rate('graphql_connections_closed_total', '', 'code'), legend: '{{code}}' }],
      { unit: 'cps', stacked: true },
    ),
    timeSeries(
      'Refused for a limit',
      'Connections and subscriptions beyond what a gateway, an address, a user or a connection may have.',
      [{ expr: rate('graphql_live_refused_total', '', 'what, limit'), legend: '{{what}}: {{limit}}' }],
      { unit: 'cps', stacked: true },
    ),
    timeSeries(
      'Events',
      'Once for all who share a subscription. failed: nothing could be told; errors: the answer has some; hidden from the caller.',
      [{ expr: rate('graphql_subscription_events_total', '', 'outcome'), legend: '{{outcome}}' }],
      { unit: 'cps', stacked: true, w: 12 },
    ),
    timeSeries(
      'Events not heard yet',
      'Of the broker, by the gateway that is furthest behind. More than a moment above 0: clients are told late.',
      [{ expr: `max by (pod) (${select('graphql_subscription_source_pending')})`, legend: '{{pod}}' }],
      { steps: [[100, 'red']], w: 12 },
    ),
    timeSeries(
      'Hears the broker',
      'By pod: 0 while its stream cannot be followed, though somebody subscribes.',
      [{ expr: `min by (pod) (${select('graphql_subscription_source_up')})`, legend: '{{pod}}' }],
      { max: 1 },
    ),
    timeSeries(
      'Subscriptions to subgraphs',
      'That the gateway holds: one for all who subscribe to the same as the same user.',
      [{ expr: `sum by (subgraph) (${select('graphql_subscription_upstreams')})`, legend: '{{subgraph}}' }],
      { w: 12 },
    ),
    timeSeries(
      'Lost to subgraphs',
      'Subscriptions to them that were refused or lost for good, and events without data.',
      [{ expr: rate('graphql_subscription_upstream_errors_total', '', 'subgraph'), legend: '{{subgraph}}' }],
      { unit: 'cps', stacked: true, w: 12 },
    ),
  ];
}

const byTransport = (gauge: string) => `sum by (transport) (${select(gauge)})`;

const taken = (what: string) =>
  `sum by (namespace, pod) (${select(`graphql_${what}_active`)}) / on (namespace, pod) max by (namespace, pod) (${select('graphql_live_limit', `what="${what}"`)})`;
