import { countedWithin } from './counted-within.ts';
import type { Alert } from './rule.ts';

/** What a client used within a day, of what is deprecated. */
const STILL_USED = `sum by (namespace, coordinate) (${countedWithin('graph_deprecated_usage_total', '1d')})`;

const updates = (outcome: string) => `graph_supergraph_updates_total{outcome="${outcome}"}`;

/** The supergraph that is served, where it comes from, and what is counted of its use. */
export const schemaAlerts: readonly Alert[] = [
  {
    alert: 'SupergraphRolledBack',
    expr: `count by (namespace) (${countedWithin(updates('rolled_back'), '1h')})`,
    severity: 'ticket',
    about: 'gateway',
    owner: 'schema',
    dashboard: 'tributary-gateway',
    summary: 'The gateway took back a new supergraph',
    description:
      'In {{ $value }} pods more requests failed after the swap than before it, so the supergraph before it serves again.',
  },
  {
    alert: 'SupergraphRefused',
    expr: `count by (namespace) (${countedWithin(updates('refused'), '1h')})`,
    severity: 'ticket',
    about: 'gateway',
    owner: 'schema',
    dashboard: 'tributary-gateway',
    summary: 'The gateway refused a supergraph',
    description:
      '{{ $value }} pods were offered one that they cannot use within the last hour; the one before it serves.',
  },
  {
    alert: 'LastGoodSupergraphServes',
    expr: 'sum by (namespace) (graph_supergraph_is_last_good) > 0',
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'The gateway serves the supergraph that it kept on disk',
    description:
      '{{ $value }} pods started without a supergraph that they can use. A pod without a kept one does not start.',
  },
  {
    alert: 'SupergraphSourceDown',
    expr: 'max by (namespace) (external_service_up{service="supergraph"}) == 0',
    for: '15m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'The gateway cannot read its supergraph’s source',
    description: 'No pod could for 15 minutes. What is served stays as it is; new pods start with what they have kept.',
  },
  {
    alert: 'SunsetNear',
    expr: `(min by (namespace, coordinate) (graph_sunset_days) >= 0) < 30
and on (namespace, coordinate)
${STILL_USED}`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    owner: 'schema',
    dashboard: 'tributary-gateway',
    summary: '{{ $labels.coordinate }} goes soon, and is used',
    description: 'It may be removed in {{ $value }} days. Clients asked for it within the last day.',
  },
  {
    alert: 'DeprecatedFieldPastSunset',
    expr: `-min by (namespace, coordinate) (graph_sunset_days) > 0
and on (namespace, coordinate)
${STILL_USED}`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    owner: 'schema',
    dashboard: 'tributary-gateway',
    summary: '{{ $labels.coordinate }} is used after its sunset',
    description: 'It was to go {{ $value }} days ago. Clients asked for it within the last day.',
  },
  {
    alert: 'UsageNotWritten',
    expr: `sum by (namespace) (increase(graph_usage_flushes_total{outcome="failed"}[30m])) > 0
unless
sum by (namespace) (increase(graph_usage_flushes_total{outcome="written"}[30m])) > 0`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Counts of what operations use are not written',
    description:
      'None was in 30 minutes. They are kept in memory up to a limit; then schema checks would rest on gaps.',
  },
];
