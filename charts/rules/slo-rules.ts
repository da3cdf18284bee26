import type { Owners } from './owners.ts';
import { type Alert, alertingRule, type PrometheusRule, type RuleGroup } from './rule.ts';

interface Objective {
  slo: string;
  alert: string;
  /** Share of requests that have to be good. */
  target: number;
  /** By namespace and service, a second, over five minutes. */
  requests: string;
  failures: string;
  about: Alert['about'];
  /** Of requests, for people. */
  failed: string;
  dashboard: string;
  /** As an alert has it. */
  logs?: string;
}

/**
 * A failure is what is our fault: errors in answers as well as no answer, but no request that was refused by right.
 * Histograms' bounds stay clear of whole numbers, whose label `le` Prometheus 3 writes in another way (`1.0`).
 */
const objectives: readonly Objective[] = [
  {
    slo: 'gateway-availability',
    alert: 'GatewayErrorBudgetBurn',
    target: 0.999,
    requests: 'sum by (namespace, service) (rate(graphql_operations_total{service="gateway",outcome!="refused"}[5m]))',
    failures:
      'sum by (namespace, service) (rate(graphql_operations_total{service="gateway",outcome=~"partial|failure"}[5m]))',
    about: 'gateway',
    failed: 'operations had errors that are ours',
    dashboard: 'tributary-slo',
    logs: 'service:"gateway" and outcome:("partial" or "failure")',
  },
  {
    slo: 'gateway-latency',
    alert: 'GatewayLatencyBudgetBurn',
    target: 0.99,
    requests: sumOfDurations('_count'),
    failures: `${sumOfDurations('_count')} - ${sumOfDurations('_bucket', ',le="0.5"')}`,
    about: 'gateway',
    failed: 'operations took longer than 0.5 s',
    dashboard: 'tributary-slo',
    logs: 'service:"gateway" and message:"slow operation"',
  },
  {
    slo: 'subgraph-availability',
    alert: 'SubgraphErrorBudgetBurn',
    target: 0.999,
    requests: bySubgraph('outcome!="cancelled"', 'sum by (namespace, subgraph)'),
    // The gateway sees who does not answer; the subgraph knows which of its errors are not the caller's.
    failures: `sum by (namespace, service) (
  ${bySubgraph('outcome=~"unavailable|invalid|deadline"', 'sum by (namespace, subgraph, outcome)')}
  or
  sum by (namespace, service, outcome) (
    rate(graphql_operations_total{service!="gateway",outcome=~"partial|failure"}[5m])
  )
)`,
    about: { label: 'service' },
    failed: 'requests to {{ $labels.service }} failed',
    dashboard: 'tributary-subgraph-{{ $labels.service }}',
  },
];

function sumOfDurations(suffix: string, more = ''): string {
  const selector = `{service="gateway",type!="subscription",outcome!="refused"${more}}`;
  return `sum by (namespace, service) (rate(graphql_operation_duration_seconds${suffix}${selector}[5m]))`;
}

function bySubgraph(selector: string, aggregation: string): string {
  const rate = `${aggregation} (rate(graphql_subgraph_fetch_duration_seconds_count{${selector}}[5m]))`;
  return `label_replace(${rate}, "service", "$1", "subgraph", "(.+)")`;
}

/** Of Google's "The Site Reliability Workbook", chapter 5: how fast a budget of 30 days burns, seen in two windows. */
const burns = [
  { factor: 14.4, long: '1h', short: '5m', for: '2m', severity: 'page' },
  { factor: 6, long: '6h', short: '30m', for: '15m', severity: 'page' },
  { factor: 3, long: '1d', short: '2h', for: '1h', severity: 'ticket' },
  { factor: 1, long: '3d', short: '6h', for: '3h', severity: 'ticket' },
] as const;

const WORDS = { '1h': 'hour', '6h': 'six hours', '1d': 'day', '3d': 'three days' };
const SECONDS = { '1h': 3600, '6h': 21_600, '1d': 86_400, '3d': 259_200 };
const LONGER_WINDOWS = ['30m', '1h', '2h', '6h', '1d', '3d'];
/** With fewer failures in the long window a ratio says nothing: one of five requests at night gets nobody up. */
const MIN_FAILURES = 10;

/** Recorded: `slo:requests:rate5m` and `slo:failures:rate5m` a second, `slo:failure_ratio:rate<window>`, all with `slo`. */
export function sloRules(owners: Owners): RuleGroup[] {
  // Of one group, whose rules are evaluated in their order: alerts see what was recorded just before.
  return [{ name: 'slo', rules: [...recordingRules(), ...objectives.flatMap((each) => burnAlerts(each, owners))] }];
}

function recordingRules(): PrometheusRule[] {
  const measured = objectives.flatMap(({ slo, requests, failures, target }) => [
    { record: 'slo:objective:ratio', expr: `vector(${target})`, labels: { slo } },
    { record: 'slo:requests:rate5m', expr: withoutSubgraph(requests), labels: { slo } },
    // Zero where nothing has failed yet: a counter has no series before its first increment.
    { record: 'slo:failures:rate5m', expr: `${failures}\nor\n0 * ${withoutSubgraph(requests)}`, labels: { slo } },
  ]);
  const ratios = LONGER_WINDOWS.map((window) => ({
    record: `slo:failure_ratio:rate${window}`,
    expr: `avg_over_time(slo:failures:rate5m[${window}]) / (avg_over_time(slo:requests:rate5m[${window}]) > 0)`,
  }));
  const latest = { record: 'slo:failure_ratio:rate5m', expr: 'slo:failures:rate5m / (slo:requests:rate5m > 0)' };
  return [...measured, latest, ...ratios];
}

/** `label_replace` leaves the label that it read. */
const withoutSubgraph = (expr: string): string =>
  expr.startsWith('label_replace') ? `sum by (namespace, service) (${expr})` : expr;

const burnAlerts = (
  { slo, alert, target, about, failed, dashboard, logs }: Objective,
  owners: Owners,
): PrometheusRule[] =>
  burns.map(({ factor, long, short, severity, ...burn }) => {
    const budget = Number((1 - target).toFixed(6));
    const selector = `{slo="${slo}"}`;
    return alertingRule(
      {
        alert,
        expr: `slo:failure_ratio:rate${long}${selector} > ${factor} * ${budget}
and
slo:failure_ratio:rate${short}${selector} > ${factor} * ${budget}
and
avg_over_time(slo:failures:rate5m${selector}[${long}]) * ${SECONDS[long]} >= ${MIN_FAILURES}`,
        for: burn.for,
        severity,
        about,
        labels: { long, short },
        dashboard,
        ...(logs !== undefined && { logs }),
        summary: `{{ $value | humanizePercentage }} of ${failed} in the last ${WORDS[long]}`,
        description: `At that pace the error budget of 30 days (${target * 100} % are to be good) is used up ${factor === 1 ? 'before they are over' : `${factor} times as fast as it may be`}; the last ${short} were no better.`,
      },
      owners,
    );
  });
