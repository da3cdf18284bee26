import type { PrometheusRule, RuleGroup } from './rule.ts';

interface Level {
  /** What the names of its rules begin with. */
  level: string;
  by: string;
  requests: string;
  failed: string;
  durations: string;
  /** The middle of the rules' names. */
  metrics: { requests: string; durations: string };
}

const levels: readonly Level[] = [
  {
    level: 'service',
    by: 'namespace, service',
    requests: 'http_requests_total',
    failed: 'http_requests_total{status=~"5.."}',
    durations: 'http_request_duration_seconds_bucket',
    metrics: { requests: 'http_requests', durations: 'http_request_duration_seconds' },
  },
  {
    level: 'operation',
    by: 'namespace, operation, type',
    requests: 'graphql_operations_total{service="gateway"}',
    failed: 'graphql_operations_total{service="gateway",outcome=~"partial|failure"}',
    durations: 'graphql_operation_duration_seconds_bucket{service="gateway"}',
    metrics: { requests: 'graphql_operations', durations: 'graphql_operation_duration_seconds' },
  },
  {
    level: 'subgraph',
    by: 'namespace, subgraph',
    requests: 'graphql_subgraph_fetch_duration_seconds_count{outcome!="cancelled"}',
    failed: 'graphql_subgraph_fetch_duration_seconds_count{outcome=~"errors|unavailable|invalid|deadline"}',
    durations: 'graphql_subgraph_fetch_duration_seconds_bucket',
    metrics: { requests: 'graphql_subgraph_fetches', durations: 'graphql_subgraph_fetch_duration_seconds' },
  },
];

/** Rate, errors (0 where there are none) and duration (95th percentile) by service, operation and subgraph. */
export const redRules = (): RuleGroup[] => [{ name: 'red', rules: levels.flatMap(rulesOf) }];

function rulesOf({ level, by, requests, failed, durations, metrics }: Level): PrometheusRule[] {
  const rate = `${level}:${metrics.requests}:rate5m`;
  return [
    { record: rate, expr: `sum by (${by}) (rate(${requests}[5m]))` },
    {
      record: `${level}:${metrics.requests}_failed:ratio_rate5m`,
      expr: `(sum by (${by}) (rate(${failed}[5m])) or 0 * ${rate}) / (${rate} > 0)`,
    },
    {
      record: `${level}:${metrics.durations}:p95_5m`,
      expr: `histogram_quantile(0.95, sum by (${by}, le) (rate(${durations}[5m])))`,
    },
  ];
}
