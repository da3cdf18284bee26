import type { Alert } from './rule.ts';

/** Of a pod's name, `<graph>-<service>-<hash>-<hash>`, the service; a canary's too. */
const SERVICE_OF_POD = '.+?-([a-z0-9]+)(-canary)?-[a-z0-9]+-[a-z0-9]+';

/** The gateway's page, or the subgraph's. */
const PAGE_OF_SERVICE = 'tributary-{{ if ne $labels.service "gateway" }}subgraph-{{ end }}{{ $labels.service }}';

const ofKnownOperations = (outcome = '') =>
  `sum by (namespace, operation, type) (rate(graphql_operations_total{service="gateway",operation!="other"${outcome}}[5m]))`;

/** Saturation of every service, and the servers that services depend on. */
export const serviceAlerts: readonly Alert[] = [
  {
    alert: 'GatewayAbsent',
    expr: 'absent(process_start_time_seconds{service="gateway"})',
    for: '2m',
    severity: 'page',
    about: 'gateway',
    dashboard: 'tributary-overview',
    summary: 'No gateway is there',
    description: 'Prometheus has read no gateway’s metrics for two minutes: none runs, or none can be reached.',
  },
  {
    alert: 'OperationFailing',
    // Operations that clients make up count as one, `other`, of which nobody could tell what fails.
    expr: `${ofKnownOperations(',outcome=~"partial|failure"')} / ${ofKnownOperations()} > 0.2
and
${ofKnownOperations()} > 0.02`,
    for: '10m',
    severity: 'ticket',
    about: 'gateway',
    dashboard: 'tributary-gateway',
    summary: 'The operation {{ $labels.operation }} fails',
    description:
      '{{ $value | humanizePercentage }} of its answers have errors that are ours, for ten minutes. Among all operations it may be too rare to be seen.',
    logs: 'service:"gateway" and operation:"{{ $labels.operation }}" and outcome:("partial" or "failure")',
    spanTags: { 'graphql.operation.name': '{{ $labels.operation }}' },
  },
  {
    alert: 'EventLoopSaturated',
    expr: 'avg by (namespace, service) (nodejs_eventloop_utilization) > 0.9',
    for: '15m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: PAGE_OF_SERVICE,
    summary: 'The event loops of {{ $labels.service }} are full',
    description:
      'On average over its pods they were busy {{ $value | humanizePercentage }} of the time for 15 minutes: further pods do not help, or there are none.',
  },
  {
    alert: 'EventLoopBlocked',
    expr: 'max by (namespace, service, pod) (nodejs_eventloop_lag_p99_seconds) > 0.25',
    for: '10m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: PAGE_OF_SERVICE,
    summary: 'Something blocks the event loop of {{ $labels.pod }}',
    description:
      'One turn in a hundred waits {{ $value | humanizeDuration }} or longer, and with it every request of the pod.',
  },
  {
    alert: 'DatabasePoolExhausted',
    expr: 'max by (namespace, service) (min_over_time(db_client_pending_requests[5m])) > 0',
    for: '5m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-subgraph-{{ $labels.service }}',
    summary: '{{ $labels.service }} waits for connections to its database',
    description: 'In one of its pods {{ $value }} or more statements have waited for a connection all the time.',
  },
  {
    alert: 'SubgraphConnectionsExhausted',
    expr: 'max by (namespace, subgraph) (min_over_time(http_client_pending_requests[5m])) > 0',
    for: '5m',
    severity: 'ticket',
    about: { label: 'subgraph' },
    dashboard: 'tributary-gateway',
    summary: 'The gateway waits for connections to {{ $labels.subgraph }}',
    description: 'In one of its pods {{ $value }} or more requests have waited for a connection all the time.',
  },
  {
    alert: 'ExternalServiceDown',
    // The label `service` is the server; who asks it is in the pod's name alone. One pod that reaches it shows that it is up.
    expr: `max by (namespace, service, asked_by) (
  label_replace(external_service_up{service!~"documents|redis|supergraph"}, "asked_by", "$1", "pod", "${SERVICE_OF_POD}")
) == 0`,
    for: '5m',
    severity: 'page',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.service }} does not answer {{ $labels.asked_by }}',
    description:
      'Every pod of {{ $labels.asked_by }} that asked {{ $labels.service }} has had no answer for five minutes.',
    logs: 'service:"{{ $labels.asked_by }}" and level:("warn" or "error" or "fatal")',
  },
];
