import type { Alert } from './rule.ts';

const documents = (outcomes: string) =>
  `sum by (namespace) (rate(graphql_persisted_documents_total{outcome=~"${outcomes}"}[15m]))`;

const limitsHit = 'sum by (namespace, limit) (rate(graphql_limits_hit_total[15m]))';

/** The gateway's edge: limits, rates, overload, breakers. */
export const edgeAlerts: readonly Alert[] = [
  {
    alert: 'LimitsHitOften',
    // Single ones are people who try things out.
    expr: `${limitsHit}
/ on (namespace) group_left
sum by (namespace) (rate(graphql_operations_total{service="gateway"}[15m])) > 0.05
and
${limitsHit} > 0.1`,
    for: '15m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Many requests are over the limit {{ $labels.limit }}',
    description:
      '{{ $value | humanizePercentage }} of the requests are refused or cut by it: somebody attacks, or an application asks for more than the limit allows.',
    logs: 'service:"gateway" and limit:"{{ $labels.limit }}"',
  },
  {
    alert: 'UnknownDocuments',
    // Both are counted in the modes `log` and `only` alone. Single ones are people who try things out.
    expr: `${documents('unknown|refused')} / ${documents('hit|unknown|refused')} > 0.05
and
${documents('unknown|refused')} > 0.1`,
    for: '15m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Clients send documents that are not trusted',
    description:
      '{{ $value | humanizePercentage }} of the documents are not among those that are registered: they are logged, or refused.',
    logs: 'service:"gateway" and (message:"document is not trusted" or code:"PERSISTED_DOCUMENT_UNKNOWN")',
  },
  {
    alert: 'DocumentsSourceDown',
    expr: 'max by (namespace) (external_service_up{service="documents"}) == 0',
    for: '15m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'The gateway cannot read its trusted documents',
    description: 'No pod could for 15 minutes. Those that were read last stay trusted; new ones do not arrive.',
  },
  {
    alert: 'RateLimitsHit',
    expr: `sum by (namespace, key) (rate(rate_limit_decisions_total{outcome=~"limited.*"}[10m]))
/
sum by (namespace, key) (rate(rate_limit_decisions_total{outcome!="limited_by_cost"}[10m])) > 0.1`,
    for: '15m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Rates are limited by {{ $labels.key }}',
    description:
      '{{ $value | humanizePercentage }} of the requests that this limit fits are refused: somebody asks too often, or it is too low.',
    logs: 'service:"gateway" and code:"RATE_LIMITED"',
  },
  {
    alert: 'RateLimitStoreDown',
    expr: 'count by (namespace) (external_service_up{service="redis"} == 0)',
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Gateways limit rates each by itself',
    description:
      '{{ $value }} pods have had no answer from Redis for ten minutes. Nothing fails; each of them grants a whole budget.',
  },
  {
    alert: 'RequestsShed',
    // By every way there is: versions, REST and WebSockets too. Operations count what was turned away, but for what was not read.
    expr: `sum by (namespace) (rate(gateway_requests_shed_total[5m]))
/
(
  sum by (namespace) (rate(graphql_operations_total{service="gateway"}[5m]))
  +
  sum by (namespace) (rate(gateway_requests_shed_total{priority="unread"}[5m]))
) > 0.01`,
    for: '5m',
    severity: 'page',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'The gateway turns requests away',
    description:
      '{{ $value | humanizePercentage }} of the requests are refused with 503: more is asked for than gateways or a subgraph can do.',
    logs: 'service:"gateway" and shed:*',
  },
  {
    alert: 'OperationsNotPlanned',
    // What the planner refuses by itself is the client's to mend: `limit`, `too-large`.
    expr: `sum by (namespace) (rate(graphql_query_plan_duration_seconds_count{outcome=~"overloaded|deadline"}[10m])) > 0.1`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'Operations get no plan, as too many wait for one',
    description:
      '{{ $value | humanize }} a second are refused or run out of time before they are planned: somebody asks for something else each time.',
    logs: 'service:"gateway" and shed:"planner"',
  },
  {
    alert: 'CircuitBreakerOpen',
    // One that opened for a type that nobody asks for any more stays open, and does no harm.
    expr: `max by (namespace, subgraph, type) (graphql_circuit_breaker_state) > 0
and on (namespace, subgraph)
sum by (namespace, subgraph) (rate(graphql_subgraph_fetches_rejected_total{reason="breaker"}[5m])) > 0`,
    for: '2m',
    severity: 'ticket',
    about: { label: 'subgraph' },
    dashboard: 'tributary-gateway',
    summary: 'A gateway has given up asking {{ $labels.subgraph }} for {{ $labels.type }}',
    description:
      'Too much of it failed: its fields are missing from answers, and a probe every few seconds finds no improvement. Type * is all of them: no connection can be made.',
  },
];
