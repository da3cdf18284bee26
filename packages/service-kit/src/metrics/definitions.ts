/** A metric's kind, help text and labels; every label is bounded. Names carry base units (Prometheus conventions). */
interface MetricDefinition {
  kind: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds in the metric's unit; histograms only. */
  buckets?: readonly number[];
}

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every metric that a Tributary process exports besides Node's own. Rules, dashboards and autoscaling rest on these names. */
export const metricDefinitions = {
  http_requests_total: {
    kind: 'counter',
    help: 'HTTP requests answered',
    labels: ['method', 'route', 'status'],
  },
  http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time from the last header of a request to the end of its answer',
    labels: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
  },
  graphql_operations_total: {
    kind: 'counter',
    help: 'GraphQL operations executed; operation is a name only for trusted documents',
    labels: ['operation', 'type', 'outcome', 'client', 'line'],
  },
  graphql_subgraph_fetch_duration_seconds: {
    kind: 'histogram',
    help: 'Time of one request from the gateway to a subgraph',
    labels: ['subgraph', 'outcome'],
    buckets: REQUEST_SECONDS,
  },
  graphql_query_plan_duration_seconds: {
    kind: 'histogram',
    help: 'Time from asking for the plan of an operation that has none yet to having it',
    labels: ['outcome'],
    buckets: REQUEST_SECONDS,
  },
  graph_supergraph_updates_total: {
    kind: 'counter',
    help: 'Supergraphs that were offered: adopted, refused, unchanged; and adopted ones that were rolled_back',
    labels: ['outcome'],
  },
  graph_supergraph_is_last_good: {
    kind: 'gauge',
    help: 'Whether the supergraph that serves is the one that was kept on disk, as its source had none to use',
    labels: [],
  },
  graph_usage_flushes_total: {
    kind: 'counter',
    help: 'Times that counts of what operations use were handed to their store: written, or failed and kept',
    labels: ['outcome'],
  },
  graph_usage_other_total: {
    kind: 'counter',
    help: 'Requests whose usage is counted under the client other, as an hour had more clients and documents than are told apart',
    labels: [],
  },
  outbox_pending: { kind: 'gauge', help: 'Events that are committed and not yet published', labels: [] },
  outbox_lag_seconds: { kind: 'gauge', help: 'How long the oldest event that is to be published waits', labels: [] },
  events_consumed_total: {
    kind: 'counter',
    help: 'Events that a consumer handled, skipped as already handled, failed on, or gave up as dead letters',
    labels: ['consumer', 'type', 'outcome'],
  },
  events_consumer_pending: {
    kind: 'gauge',
    help: 'Events that the broker holds for a consumer: not delivered yet, or not acknowledged',
    labels: ['consumer'],
  },
  events_dead_letters: {
    kind: 'gauge',
    help: 'Events that wait for an operator: given up by a consumer, or to be tried again and not seen for minutes',
    labels: ['consumer'],
  },
  external_service_up: {
    kind: 'gauge',
    help: 'Whether a server that this service depends on, such as nats, answered when it was last asked',
    labels: ['service'],
  },
  orders_total: { kind: 'counter', help: 'Orders by the status that they reached', labels: ['status'] },
  payments_total: { kind: 'counter', help: 'Payments by outcome', labels: ['outcome'] },
  payment_webhooks_total: {
    kind: 'counter',
    help: 'Reports of the payment provider: applied, repeated, refused by the steps, unknown, malformed, badly signed',
    labels: ['outcome'],
  },
  payment_reconciliation_differences: {
    kind: 'gauge',
    help: 'Differences between our books and the payment provider that no reconciliation has found to be settled',
    labels: ['kind'],
  },
  stock_reservations_total: { kind: 'counter', help: 'Stock reservations by outcome', labels: ['outcome'] },
  notifications_total: {
    kind: 'counter',
    help: 'Notifications by channel and outcome',
    labels: ['channel', 'outcome'],
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metricDefinitions;
