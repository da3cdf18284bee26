/**
 * A metric's kind, help text, labels and who exports it; every label is bounded. Names carry base units (Prometheus
 * conventions). `docs/metrics.md` is generated from it.
 */
export interface MetricDefinition {
  kind: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** `gateway`, `subgraphs` (every one), or the names of subgraphs. */
  exportedBy: readonly string[];
  /** What must be there for it to be exported. Default: nothing. */
  where?: string;
  /** Upper bounds in the metric's unit; histograms only. */
  buckets?: readonly number[];
  /** Whether a bucket tells `trace_id` and `span_id` of a sampled request (OpenMetrics); histograms only. Default: no. */
  exemplars?: boolean;
}

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const EVERY_SERVICE = ['gateway', 'subgraphs'] as const;
const GATEWAY = ['gateway'] as const;
const SUBGRAPHS = ['subgraphs'] as const;

const ON_POSTGRES = 'PostgreSQL is a server, not embedded';

/** Every metric that a Tributary process exports besides Node's own. Rules, dashboards and autoscaling rest on these names. */
export const metricDefinitions = {
  http_requests_total: {
    kind: 'counter',
    help: 'HTTP requests answered; method is other for an uncommon one, route a pattern, or unknown',
    labels: ['method', 'route', 'status'],
    exportedBy: EVERY_SERVICE,
  },
  http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time from the last header of a request to the end of its answer',
    labels: ['method', 'route', 'status'],
    exportedBy: EVERY_SERVICE,
    buckets: REQUEST_SECONDS,
    exemplars: true,
  },
  graphql_operations_total: {
    kind: 'counter',
    help: 'GraphQL operations by outcome: success, refused (all errors have codes of status 4xx), partial and failure (others, with and without data); operation and client are names only at the gateway and where they are known from trusted documents, else other',
    labels: ['operation', 'type', 'outcome', 'client', 'line'],
    exportedBy: EVERY_SERVICE,
  },
  graphql_operation_duration_seconds: {
    kind: 'histogram',
    help: 'Time from a request whose body was read to its answer; labels as those of graphql_operations_total',
    labels: ['operation', 'type', 'outcome'],
    exportedBy: EVERY_SERVICE,
    buckets: REQUEST_SECONDS,
    exemplars: true,
  },
  graphql_errors_total: {
    kind: 'counter',
    help: 'Errors in answers by their code: one of the error catalogue, or other',
    labels: ['code'],
    exportedBy: EVERY_SERVICE,
  },
  graphql_plan_cache_lookups_total: {
    kind: 'counter',
    help: 'Operations whose plan was there (hit), being made (shared), or to be made (miss)',
    labels: ['outcome'],
    exportedBy: GATEWAY,
  },
  graphql_plan_cache_entries: { kind: 'gauge', help: 'Plans that are kept', labels: [], exportedBy: GATEWAY },
  graphql_subgraph_fetches_shared_total: {
    kind: 'counter',
    help: 'Fetches that were answered by an identical one in flight',
    labels: ['subgraph'],
    exportedBy: GATEWAY,
  },
  graphql_subgraph_retries_total: {
    kind: 'counter',
    help: 'Fetches that were sent once more: no connection was made, or a query got no answer, or 502, 503 or 504',
    labels: ['subgraph'],
    exportedBy: GATEWAY,
  },
  http_client_connections: {
    kind: 'gauge',
    help: 'Connections of the gateway to a subgraph: active (with a request under way) or idle',
    labels: ['subgraph', 'state'],
    exportedBy: GATEWAY,
  },
  http_client_pending_requests: {
    kind: 'gauge',
    help: 'Requests of the gateway that wait for a connection to a subgraph, or until it may be sent one more',
    labels: ['subgraph'],
    exportedBy: GATEWAY,
  },
  graphql_entity_resolve_duration_seconds: {
    kind: 'histogram',
    help: 'Time to resolve one reference to an entity in a subgraph: found, missing or failed',
    labels: ['entity', 'outcome'],
    exportedBy: SUBGRAPHS,
    where: 'its resolvers have references',
    buckets: REQUEST_SECONDS,
  },
  db_client_connections: {
    kind: 'gauge',
    help: 'Connections of the pool to the database: used or idle',
    labels: ['state'],
    exportedBy: SUBGRAPHS,
    where: ON_POSTGRES,
  },
  db_client_connections_max: {
    kind: 'gauge',
    help: 'Connections that the pool may open',
    labels: [],
    exportedBy: SUBGRAPHS,
    where: ON_POSTGRES,
  },
  db_client_pending_requests: {
    kind: 'gauge',
    help: 'Statements and transactions that wait for a connection',
    labels: [],
    exportedBy: SUBGRAPHS,
    where: ON_POSTGRES,
  },
  nodejs_eventloop_utilization: {
    kind: 'gauge',
    help: 'Share of the time since the last scrape in which the event loop was busy, 0 to 1',
    labels: [],
    exportedBy: EVERY_SERVICE,
    where: 'it runs in a process of its own',
  },
  graphql_subgraph_fetch_duration_seconds: {
    kind: 'histogram',
    help: 'Time of one request from the gateway to a subgraph',
    labels: ['subgraph', 'outcome'],
    exportedBy: GATEWAY,
    buckets: REQUEST_SECONDS,
    exemplars: true,
  },
  graphql_subscription_events_total: {
    kind: 'counter',
    help: 'Events for subscriptions, once for all clients that share them: delivered, with errors, or not for the caller to see (hidden); executions that failed',
    labels: ['outcome'],
    exportedBy: GATEWAY,
  },
  graphql_subscription_groups: {
    kind: 'gauge',
    help: 'Different subscriptions: clients that subscribe to the same as the same user share one',
    labels: [],
    exportedBy: GATEWAY,
  },
  graphql_subscription_source_pending: {
    kind: 'gauge',
    help: 'Events of the broker that the gateway has not heard yet',
    labels: [],
    exportedBy: GATEWAY,
    where: 'it hears events',
  },
  graphql_subscription_source_up: {
    kind: 'gauge',
    help: "Whether the gateway hears the broker's events, once it wants to: 0 while the broker is away, or its stream is gone or may not be read",
    labels: [],
    exportedBy: GATEWAY,
    where: 'it hears events',
  },
  graphql_subscription_upstreams: {
    kind: 'gauge',
    help: 'Subscriptions of the gateway to subgraphs over WebSocket or server-sent events',
    labels: ['subgraph'],
    exportedBy: GATEWAY,
    where: 'a subgraph is subscribed to',
  },
  graphql_subscription_upstream_errors_total: {
    kind: 'counter',
    help: 'Subscriptions to subgraphs that were refused or lost for good, and events without data',
    labels: ['subgraph'],
    exportedBy: GATEWAY,
    where: 'a subgraph is subscribed to',
  },
  graphql_limits_hit_total: {
    kind: 'counter',
    help: 'Requests that were refused, or answered in part, by the limit of size, plan, entities or bytes that they met (docs/edge/limits.md)',
    labels: ['limit'],
    exportedBy: GATEWAY,
  },
  graphql_operation_cost: {
    kind: 'histogram',
    help: 'Cost of operations by @cost and @listSize: estimated of each before its execution, actual of some after it',
    labels: ['kind'],
    exportedBy: GATEWAY,
    where: 'cost.mode is not off',
    buckets: [1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000],
    exemplars: true,
  },
  graphql_authorization_denied_total: {
    kind: 'counter',
    help: 'Fields that operations asked for and their callers may not see, by the directive that says so',
    labels: ['directive'],
    exportedBy: GATEWAY,
  },
  graphql_persisted_documents_total: {
    kind: 'counter',
    help: 'Documents by hash or id: hit, miss, registered, mismatch; and unknown ones that were let through or refused',
    labels: ['outcome'],
    exportedBy: GATEWAY,
  },
  rate_limit_decisions_total: {
    kind: 'counter',
    help: 'Requests by the key of each limit that fitted them (ip, client, user; none: no limit did), and whether it allowed or limited them, or limited_by_cost after it had allowed them',
    labels: ['key', 'outcome'],
    exportedBy: GATEWAY,
    where: 'rates are limited',
  },
  graphql_circuit_breaker_state: {
    kind: 'gauge',
    help: 'Breaker of a subgraph and entity type, Query, Mutation, or * (its connections): 0 closed, 1 half-open, 2 open; of types, those that were once open',
    labels: ['subgraph', 'type'],
    exportedBy: GATEWAY,
  },
  graphql_subgraph_fetches_rejected_total: {
    kind: 'counter',
    help: 'Fetches that were not sent: breaker (it is open), concurrency (too many are under way), deadline (none could finish)',
    labels: ['subgraph', 'reason'],
    exportedBy: GATEWAY,
  },
  graphql_connections_active: {
    kind: 'gauge',
    help: 'Connections that carry subscriptions, or wait for them; transport is websocket, sse or multipart',
    labels: ['transport'],
    exportedBy: GATEWAY,
  },
  graphql_subscriptions_active: {
    kind: 'gauge',
    help: 'Subscriptions that hear what is published',
    labels: ['transport'],
    exportedBy: GATEWAY,
  },
  graphql_live_limit: {
    kind: 'gauge',
    help: 'How many there may be of what is kept open: connections, subscriptions',
    labels: ['what'],
    exportedBy: GATEWAY,
  },
  graphql_subscriptions_ended_total: {
    kind: 'counter',
    help: 'Subscriptions that have ended: completed by their source; left by the client; failed with their source; retired with their schema; slow_consumer, token_expired, restart: by the gateway',
    labels: ['transport', 'reason'],
    exportedBy: GATEWAY,
  },
  graphql_live_refused_total: {
    kind: 'counter',
    help: 'Connections and subscriptions that were refused for a limit: node, memory, address, user or connection',
    labels: ['what', 'limit'],
    exportedBy: GATEWAY,
  },
  graphql_connections_closed_total: {
    kind: 'counter',
    help: 'WebSockets that were closed, by close code: one that the gateway or the protocol uses, else other',
    labels: ['code'],
    exportedBy: GATEWAY,
  },
  gateway_concurrency_limit: {
    kind: 'gauge',
    help: 'How much, as adapted: requests that may wait for the event loop (door), or fetches that may be under way to a subgraph',
    labels: ['target'],
    exportedBy: GATEWAY,
    where: 'overload.enabled',
  },
  gateway_requests_shed_total: {
    kind: 'counter',
    help: 'Requests, WebSockets and operations on them that were refused with 503 as too many were under way, by their priority: high, normal, low; or unread',
    labels: ['priority'],
    exportedBy: GATEWAY,
  },
  graphql_query_plan_duration_seconds: {
    kind: 'histogram',
    help: 'Time from asking for the plan of an operation that has none yet to having it',
    labels: ['outcome'],
    exportedBy: GATEWAY,
    buckets: REQUEST_SECONDS,
  },
  graph_supergraph_updates_total: {
    kind: 'counter',
    help: 'Supergraphs that were offered: adopted, refused, unchanged; and adopted ones that were rolled_back',
    labels: ['outcome'],
    exportedBy: GATEWAY,
  },
  graph_supergraph_is_last_good: {
    kind: 'gauge',
    help: 'Whether the supergraph that serves is the one that was kept on disk, as its source had none to use',
    labels: [],
    exportedBy: GATEWAY,
  },
  graph_deprecated_usage_total: {
    kind: 'counter',
    help: 'Operations that were executed and use what is deprecated; coordinate is the name of one of the 100 that go first, or other; client is a name only where it is known from trusted documents, else other',
    labels: ['line', 'coordinate', 'client'],
    exportedBy: GATEWAY,
    where: 'an operation used something deprecated',
  },
  graph_sunset_days: {
    kind: 'gauge',
    help: 'Days until what is deprecated may be removed; below 0 once it may',
    labels: ['coordinate'],
    exportedBy: GATEWAY,
    where: 'something deprecated has a sunset',
  },
  graph_usage_flushes_total: {
    kind: 'counter',
    help: 'Times that counts of what operations use were handed to their store: written, or failed and kept',
    labels: ['outcome'],
    exportedBy: GATEWAY,
    where: 'usage is counted',
  },
  graph_usage_other_total: {
    kind: 'counter',
    help: 'Requests whose usage is counted under the client other, as an hour had more clients and documents than are told apart',
    labels: [],
    exportedBy: GATEWAY,
    where: 'usage is counted',
  },
  outbox_pending: {
    kind: 'gauge',
    help: 'Events that are committed and not yet published',
    labels: [],
    exportedBy: SUBGRAPHS,
  },
  outbox_lag_seconds: {
    kind: 'gauge',
    help: 'How long the oldest event that is to be published waits',
    labels: [],
    exportedBy: SUBGRAPHS,
  },
  events_consumed_total: {
    kind: 'counter',
    help: 'Events that a consumer handled, skipped as already handled, failed on, or gave up as dead letters',
    labels: ['consumer', 'type', 'outcome'],
    exportedBy: SUBGRAPHS,
    where: 'there is a bus',
  },
  events_consumer_pending: {
    kind: 'gauge',
    help: 'Events that the broker holds for a consumer: not delivered yet, or not acknowledged',
    labels: ['consumer'],
    exportedBy: SUBGRAPHS,
    where: 'events go over NATS, and it hears some',
  },
  events_dead_letters: {
    kind: 'gauge',
    help: 'Events that wait for an operator: given up by a consumer, or to be tried again and not seen for minutes',
    labels: ['consumer'],
    exportedBy: SUBGRAPHS,
    where: 'there is a bus',
  },
  external_service_up: {
    kind: 'gauge',
    help: 'Whether a server that this service depends on answered when it was last asked: jwks, redis, supergraph, documents and nats (gateway), postgres and nats (subgraphs), payment-provider (payments), smtp (notifications)',
    labels: ['service'],
    exportedBy: EVERY_SERVICE,
    where: 'it depends on one, and has asked it',
  },
  trace_spans_lost_total: {
    kind: 'counter',
    help: 'Spans that a service has lost: its collector did not take them (export), or more ended than it keeps for the next batch (queue)',
    labels: ['reason'],
    exportedBy: EVERY_SERVICE,
    where: 'tracing.enabled',
  },
  orders_total: {
    kind: 'counter',
    help: 'Orders by the status that they reached',
    labels: ['status'],
    exportedBy: ['orders'],
  },
  payments_total: { kind: 'counter', help: 'Payments by outcome', labels: ['outcome'], exportedBy: ['payments'] },
  payments_captured_minor_units_total: {
    kind: 'counter',
    help: 'Money captured, in minor units of its currency: revenue before refunds',
    labels: ['currency'],
    exportedBy: ['payments'],
  },
  payments_refunded_minor_units_total: {
    kind: 'counter',
    help: 'Money given back, in minor units of its currency; a refund that the bank sends back later stays counted',
    labels: ['currency'],
    exportedBy: ['payments'],
  },
  payment_webhooks_total: {
    kind: 'counter',
    help: 'Reports of the payment provider: applied, repeated, refused by the steps, unknown, malformed, badly signed',
    labels: ['outcome'],
    exportedBy: ['payments'],
  },
  payment_reconciliation_differences: {
    kind: 'gauge',
    help: 'Differences between our books and the payment provider that no reconciliation has found to be settled',
    labels: ['kind'],
    exportedBy: ['payments'],
  },
  stock_reservations_total: {
    kind: 'counter',
    help: 'Stock reservations by outcome',
    labels: ['outcome'],
    exportedBy: ['inventory'],
  },
  stock_outs_total: {
    kind: 'counter',
    help: 'Times that the last available unit of a product was reserved',
    labels: [],
    exportedBy: ['inventory'],
  },
  notifications_total: {
    kind: 'counter',
    help: 'Notifications by channel and outcome',
    labels: ['channel', 'outcome'],
    exportedBy: ['notifications'],
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metricDefinitions;
