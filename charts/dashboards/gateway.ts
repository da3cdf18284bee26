import type { DashboardSpec, Section } from './dashboard.ts';
import { livePanels } from './live-panels.ts';
import { type Panel, stat, timeSeries } from './panels.ts';
import { processPanels } from './process-panels.ts';
import { latencies, quantile, rate, select, share } from './queries.ts';

const FETCHES = 'graphql_subgraph_fetch_duration_seconds';
const COST = 'graphql_operation_cost';
const LOOKUPS = 'graphql_plan_cache_lookups_total';
/** Codes of requests that the gateway refuses before anything is executed. */
const REFUSALS =
  'code=~"UNAUTHENTICATED|TOKEN_.+|FORBIDDEN|BAD_REQUEST|GRAPHQL_.+|OPERATION_RESOLUTION_FAILURE|BAD_USER_INPUT|' +
  'QUERY_PLAN_COMPLEXITY_EXCEEDED|OPERATION_LIMIT_EXCEEDED|COST_.+|METHOD_NOT_ALLOWED|NOT_ACCEPTABLE|UNSUPPORTED_MEDIA_TYPE|CSRF_PREVENTED|PAYLOAD_TOO_LARGE|RATE_LIMITED"';

/** The engine: plans, fetches, what they share, what is refused, the supergraph that serves, subscriptions. */
export const gateway: DashboardSpec = {
  uid: 'tributary-gateway',
  title: 'Tributary / Gateway',
  description:
    'The engine of the gateway: plans, fetches, sharing, limits, supergraph, subscriptions, connections, processes.',
  sections: [
    traffic(),
    plans(),
    fetches(),
    limits(),
    supergraph(),
    { title: 'Subscriptions', panels: livePanels() },
    connections(),
    { title: 'Processes', panels: processPanels('gateway') },
  ],
};

function traffic(): Section {
  return {
    title: 'Operations',
    panels: [
      timeSeries(
        'By type and outcome',
        'Queries, mutations and subscriptions; unknown where a request held none.',
        [
          {
            expr: rate('graphql_operations_total', 'service="gateway"', 'type, outcome'),
            legend: '{{type}} {{outcome}}',
          },
        ],
        { unit: 'reqps', stacked: true },
      ),
      operationTimes(),
      timeSeries(
        'HTTP by route and status',
        'All that the public port answers. 499: the client went away before its answer.',
        [{ expr: rate('http_requests_total', 'service="gateway"', 'route, status'), legend: '{{route}} {{status}}' }],
        { unit: 'reqps', stacked: true },
      ),
    ],
  };
}

export function operationTimes(): Panel {
  return timeSeries(
    'Time of an operation',
    'From the parsed request to the end of its execution. Points are sampled requests: they lead to their trace.',
    latencies('graphql_operation_duration_seconds', 'service="gateway"'),
    { unit: 's' },
  );
}

function plans(): Section {
  return {
    title: 'Plans',
    panels: [
      stat(
        'Found in the cache',
        'Share of operations whose plan was there, or being made for another. A new supergraph lowers it for a while.',
        { expr: share(rate(LOOKUPS, 'outcome=~"hit|shared"'), rate(LOOKUPS)) },
        { unit: 'percentunit', h: 8 },
      ),
      stat(
        'Plans kept',
        'By the gateway that keeps most.',
        { expr: `max(${select('graphql_plan_cache_entries')})` },
        { h: 8 },
      ),
      timeSeries(
        'Plan cache',
        'hit: the plan was there; shared: it was being made; miss: it had to be made.',
        [{ expr: rate(LOOKUPS, '', 'outcome'), legend: '{{outcome}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Time to plan',
        'Of operations that had no plan yet; off the event loop.',
        latencies('graphql_query_plan_duration_seconds'),
        { unit: 's' },
      ),
      timeSeries(
        'Not planned',
        'Operations that got no plan: too large, over the limits of planning, too many waiting, out of time, or failed.',
        [
          {
            expr: rate('graphql_query_plan_duration_seconds_count', 'outcome!="planned"', 'outcome'),
            legend: '{{outcome}}',
          },
        ],
        { unit: 'cps', stacked: true },
      ),
    ],
  };
}

function fetches(): Section {
  return {
    title: 'Fetches',
    panels: [
      timeSeries(
        'Fetches',
        'Requests to subgraphs by what came of them; errors: an answer that has some.',
        [{ expr: rate(`${FETCHES}_count`, '', 'subgraph, outcome'), legend: '{{subgraph}} {{outcome}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Time of a fetch, 95 %',
        'Points are sampled requests: they lead to their trace.',
        [{ expr: quantile(0.95, FETCHES, '', 'subgraph'), legend: '{{subgraph}}', exemplar: true }],
        { unit: 's' },
      ),
      timeSeries('Fetches an operation', 'How many requests an operation costs, on average.', [
        {
          expr: `${rate(`${FETCHES}_count`)} / (${rate('graphql_operations_total', 'service="gateway",outcome!="refused"')} > 0)`,
          legend: 'fetches',
        },
      ]),
      timeSeries(
        'Saved by sharing',
        'Fetches that an identical one in flight answered: they never left.',
        [{ expr: rate('graphql_subgraph_fetches_shared_total', '', 'subgraph'), legend: '{{subgraph}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Sent once more',
        'Retries. Their budget is a tenth of the fetches, those without a connection apart: beyond it, errors reach clients.',
        [{ expr: rate('graphql_subgraph_retries_total', '', 'subgraph'), legend: '{{subgraph}}' }],
        { unit: 'reqps', stacked: true },
      ),
      timeSeries(
        'Breakers that are not closed',
        'By type, * for all of a subgraph, of the gateway that is worst off: 1 half-open, 2 open.',
        [
          {
            expr: `max by (subgraph, type) (${select('graphql_circuit_breaker_state')}) > 0`,
            legend: '{{subgraph}} {{type}}',
          },
        ],
        { steps: [[2, 'red']] },
      ),
      timeSeries(
        'Fetches not sent',
        'breaker: it is open. concurrency: too many are under way. deadline: it could not have ended in time.',
        [
          {
            expr: rate('graphql_subgraph_fetches_rejected_total', '', 'subgraph, reason'),
            legend: '{{subgraph}} {{reason}}',
          },
        ],
        { unit: 'reqps', stacked: true },
      ),
    ],
  };
}

function limits(): Section {
  return {
    title: 'Refusals and limits',
    panels: [
      timeSeries(
        'Refused, by code',
        'What clients are told before anything is executed: tokens, limits, media types, documents that are none.',
        [{ expr: rate('graphql_errors_total', `service="gateway",${REFUSALS}`, 'code'), legend: '{{code}}' }],
        { unit: 'cps', stacked: true, w: 12 },
      ),
      timeSeries(
        'Not in time, or not there',
        'Deadlines that passed, subgraphs that gave no usable answer, and what the gateway itself could not do.',
        [
          {
            expr: rate(
              'graphql_errors_total',
              'service="gateway",code=~"DEADLINE_EXCEEDED|SUBGRAPH_.+|SERVICE_UNAVAILABLE|REQUEST_TIMEOUT|INTERNAL_SERVER_ERROR"',
              'code',
            ),
            legend: '{{code}}',
          },
        ],
        { unit: 'cps', stacked: true, w: 12 },
      ),
      timeSeries(
        'Limits met',
        'Requests that were refused, or answered in part, by the limit of size, plan, entities or bytes that they met.',
        [{ expr: rate('graphql_limits_hit_total', '', 'limit'), legend: '{{limit}}' }],
        { unit: 'reqps', stacked: true, w: 12 },
      ),
      timeSeries(
        'Fields denied',
        'Fields that callers asked for and may not see, by the directive of the schema that says so.',
        [{ expr: rate('graphql_authorization_denied_total', '', 'directive'), legend: '@{{directive}}' }],
        { unit: 'cps', stacked: true, w: 12 },
      ),
      timeSeries(
        'Cost of an operation',
        'By @cost and @listSize. estimated: at most, before the execution; actual: what was in some of the answers. Far apart: sizes are assumed too large. Points are sampled requests.',
        [
          { expr: quantile(0.5, COST, 'kind="estimated"'), legend: 'estimated, half' },
          { expr: quantile(0.99, COST, 'kind="estimated"'), legend: 'estimated, 99 %', exemplar: true },
          { expr: quantile(0.5, COST, 'kind="actual"'), legend: 'actual, half' },
          { expr: quantile(0.99, COST, 'kind="actual"'), legend: 'actual, 99 %' },
        ],
      ),
      timeSeries(
        'Rates limited',
        'Requests that a limit of rates refused, for their number or their cost, by whose it is.',
        [
          {
            expr: rate('rate_limit_decisions_total', 'outcome=~"limited.*"', 'key, outcome'),
            legend: '{{key}} {{outcome}}',
          },
        ],
        { unit: 'reqps', stacked: true, w: 12 },
      ),
      timeSeries(
        'Turned away, by priority',
        'Refused with 503, as too many requests or fetches were under way. unread: before the body, whoever it was.',
        [{ expr: rate('gateway_requests_shed_total', '', 'priority'), legend: '{{priority}}' }],
        { unit: 'reqps', stacked: true, w: 12 },
      ),
      timeSeries(
        'Under way at once, at most',
        'As adapted, of the gateway with the lowest: requests at the door, fetches to each subgraph.',
        [{ expr: `min by (target) (${select('gateway_concurrency_limit')})`, legend: '{{target}}' }],
        { w: 12 },
      ),
      timeSeries(
        'Documents by hash or id',
        'hit, miss, registered, mismatch; unknown and refused: those that are not trusted, let through or not.',
        [{ expr: rate('graphql_persisted_documents_total', '', 'outcome'), legend: '{{outcome}}' }],
        { unit: 'reqps', stacked: true, w: 12 },
      ),
    ],
  };
}

function supergraph(): Section {
  return {
    title: 'Supergraph and usage',
    panels: [
      timeSeries(
        'Supergraphs offered',
        'adopted, refused, unchanged; rolled_back: given up again as errors rose. Each gateway counts its own.',
        [
          {
            expr: `sum by (outcome) (increase(${select('graph_supergraph_updates_total')}[$__rate_interval]))`,
            legend: '{{outcome}}',
          },
        ],
        { stacked: true },
      ),
      timeSeries(
        'Last good served',
        'Gateways that serve the supergraph from their disk, as their source has none to use.',
        [{ expr: `sum(${select('graph_supergraph_is_last_good')})`, legend: 'gateways' }],
        { steps: [[1, 'red']] },
      ),
      timeSeries(
        'Usage written',
        'Counts of what operations use, handed to their store: failed ones are kept and handed over later.',
        [{ expr: rate('graph_usage_flushes_total', '', 'outcome'), legend: '{{outcome}}' }],
        { unit: 'cps', stacked: true },
      ),
      timeSeries(
        'Deprecated, and used',
        'Operations that use what is deprecated: the ten that are used most, by version line and client.',
        [
          {
            expr: `topk(10, ${rate('graph_deprecated_usage_total', '', 'coordinate, line, client')})`,
            legend: '{{coordinate}} v{{line}} {{client}}',
          },
        ],
        { unit: 'reqps', w: 12 },
      ),
      timeSeries(
        'Days to the sunset',
        'Of what is deprecated and has one. Below 0 it may be gone any day.',
        [{ expr: `min by (coordinate) (${select('graph_sunset_days')})`, legend: '{{coordinate}}' }],
        { w: 12 },
      ),
    ],
  };
}

function connections(): Section {
  return {
    title: 'Connections to subgraphs',
    panels: [
      timeSeries(
        'Connections',
        'Of all gateways together.',
        [
          {
            expr: `sum by (subgraph, state) (${select('http_client_connections')})`,
            legend: '{{subgraph}} {{state}}',
          },
        ],
        { stacked: true, w: 12 },
      ),
      timeSeries(
        'Waiting for a connection',
        'More than a moment above 0: the pool or the adaptive concurrency holds requests back, as the subgraph is slow.',
        [{ expr: `sum by (subgraph) (${select('http_client_pending_requests')})`, legend: '{{subgraph}}' }],
        { steps: [[10, 'yellow']], w: 12 },
      ),
    ],
  };
}
