import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { metricDefinitions } from '../../packages/service-kit/src/index.ts';
import { discoverSubgraphs } from '../../schema/src/index.ts';
import { foreignMetrics } from '../testing/foreign-metrics.ts';
import { metricContracts } from '../testing/metric-contracts.ts';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';
import { checkPromql } from '../testing/promql.ts';
import { adapterQueries, ofDashboard, prometheusRules, promqlSources } from '../testing/promql-sources.ts';
import { renderChart } from '../testing/render-chart.ts';
import { alertTests, recordingTests } from './alerts/all-tests.ts';
import { UMBRELLA } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Loose = any;

const root = fileURLToPath(new URL('../..', import.meta.url));
const rules = prometheusRules(root);
const contractOf = metricContracts(
  rules,
  discoverSubgraphs(root).map(({ name }) => name),
);
const sources = promqlSources(root);
const promtool = findPrometheusTool('promtool');

/** What is wrong with an expression, and with the labels of its result that the texts around it name. */
function problemsOf({ expr, named }: { expr: string; named: readonly string[] }): string[] {
  const { problems, result } = checkPromql(expr, contractOf);
  if (typeof result === 'string') return problems;
  return [
    ...problems,
    ...named.filter((label) => !result.has(label)).map((label) => `its result has no label ${label}`),
  ];
}

describe('the metric contract', () => {
  it('is asked by rules, dashboards, alerts of Grafana, and autoscaling', () => {
    for (const part of ['rules ', 'files/dashboards/', 'files/grafana-alerts/', 'ScaledObject', 'adapter-rules']) {
      expect(sources.filter(({ where }) => where.includes(part)).length, part).toBeGreaterThan(1);
    }
  });

  it('has every metric and every label that any expression uses, and each expression parses', () => {
    const problems = sources.flatMap((source) => problemsOf(source).map((problem) => `${source.where}: ${problem}`));
    expect(problems).toEqual([]);
  });

  it.runIf(promtool)('is asked in expressions that Prometheus itself takes', () => {
    const groups = [{ name: 'all', rules: sources.map(({ expr }, i) => ({ record: `expression:${i}`, expr })) }];
    const folder = mkdtempSync(join(tmpdir(), 'tributary-promql-'));
    try {
      const file = join(folder, 'rules.yaml');
      writeFileSync(file, JSON.stringify({ groups }));
      const { stdout, stderr } = spawnSync(promtool as string, ['check', 'rules', file], { encoding: 'utf8' });
      expect(`${stdout}${stderr}`).toContain(`SUCCESS: ${sources.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has the metrics by which HPAs scale, with the labels that they select by', () => {
    const objects = renderChart({ chart: UMBRELLA }).objects as Loose[];
    const adapter = objects.find(({ metadata }) => metadata.name === 'tributary-adapter-rules');
    const served = new Map(adapterQueries(adapter.data['config.yaml']).map(({ name, labels }) => [name, labels]));
    const asked = objects
      .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
      .flatMap(({ spec }) => spec.metrics)
      .map(({ pods, external }: Loose) => (pods ?? external)?.metric)
      .filter((metric: Loose) => metric !== undefined);
    expect(asked.length).toBeGreaterThan(5);
    for (const { name, selector } of asked) {
      expect(served.get(name), name).toEqual(expect.arrayContaining(Object.keys(selector?.matchLabels ?? {})));
    }
  });

  it('has the series on which the rules are tested', () => {
    const series = Object.values({ ...alertTests })
      .flatMap((tests) => Object.values(tests))
      .flatMap((test) => ('silent' in test ? [test.silent.series, test.series] : []))
      .concat(Object.values(recordingTests).flatMap((tests) => tests.map((test) => test.series)))
      .flatMap((values) => Object.keys(values));
    expect(series.length).toBeGreaterThan(50);
    expect(series.flatMap((expr) => problemsOf({ expr, named: [] }))).toEqual([]);
  });

  it('uses every metric of others that it lists', () => {
    const used = new Set(sources.flatMap(({ expr }) => [...checkPromql(expr, contractOf).metrics]));
    expect(Object.keys(foreignMetrics).filter((name) => !used.has(name))).toEqual([]);
  });

  // Prometheus Operator gives each target of a ServiceMonitor a label `service`, its Kubernetes Service.
  it('keeps the label service of the services where a ServiceMonitor scrapes them', () => {
    const values = { defaults: { metrics: { monitor: 'ServiceMonitor' } } };
    const monitors = (renderChart({ chart: UMBRELLA, values }).objects as Loose[]).filter(
      ({ kind }) => kind === 'ServiceMonitor',
    );
    expect(monitors.length).toBeGreaterThan(5);
    for (const { spec } of monitors) {
      expect(spec.endpoints[0].relabelings).toEqual([{ action: 'labeldrop', regex: 'service' }]);
    }
  });
});

/** What keeps each label of our metrics to a few values. A new label has to have an answer. */
const BOUNDS: Record<string, string> = {
  method: 'HTTP methods that the server knows',
  route: 'patterns of registered routes, and `unknown`',
  status: 'HTTP statuses; statuses of orders',
  operation: 'names of trusted documents, and `other`',
  type: 'types of operations; types of events that are handled, and `unknown`; types of the supergraph, and `*`',
  outcome: 'words of the code',
  client: 'known clients, and `other`',
  limit: 'words of the code',
  line: 'version lines of the schema',
  code: 'the error catalogue, close codes that the gateway or the protocol uses, and `other`',
  subgraph: 'the supergraph',
  state: 'words of the code',
  entity: 'entity types of the schema, and `other`',
  consumer: 'subgraphs',
  service: 'services, and servers that they are configured with',
  currency: 'ISO 4217',
  directive: 'words of the code',
  key: 'words of the code',
  kind: 'words of the code',
  channel: 'words of the code',
  coordinate: 'what the schema deprecates, of which 100 have a series, and `other`',
  reason: 'words of the code',
  target: 'subgraphs, and the door',
  transport: 'words of the code',
  what: 'words of the code',
  priority: 'words of the code',
};

it('every label of ours is bounded', () => {
  const labels = new Set(
    Object.values(metricDefinitions).flatMap((definition): readonly string[] => definition.labels),
  );
  expect([...labels].filter((label) => BOUNDS[label] === undefined)).toEqual([]);
});

describe('a mistake in an expression is found', () => {
  it.each([
    ['sum(rate(http_requests[5m]))', 'nobody exports http_requests'],
    ['sum(rate(http_requests_total{code="500"}[5m]))', 'http_requests_total has no label code'],
    ['sum by (path) (rate(http_requests_total[5m]))', 'has no label path'],
    ['sum without (tenant) (rate(http_requests_total[5m]))', 'has no label tenant'],
    ['sum by (subgraph) (outbox_pending)', 'has no label subgraph'],
    ['rate(graphql_subgraph_fetch_duration_seconds[5m])', 'nobody exports graphql_subgraph_fetch_duration_seconds'],
    ['outbox_pending_bucket', 'nobody exports outbox_pending_bucket'],
    ['histogram_quantile(0.9, sum(rate(http_request_duration_seconds_bucket[5m])))', 'has no label le'],
    ['histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_sum[5m])))', 'has no label le'],
    ['rate(outbox_pending[5m])', 'rate() of outbox_pending, which is a gauge'],
    ['delta(orders_total[5m])', 'delta() of orders_total, which is a counter'],
    [
      'sum by (status) (rate(orders_total[5m])) / sum(rate(orders_total[5m]))',
      'the sides never match: only one has status',
    ],
    ['sum by (service) (outbox_pending) * on (subgraph) up', 'has no label subgraph'],
    ['sum by (pod) (outbox_pending) * on (pod) group_left (version) up', 'has no label version'],
    ['sum by (pod) (outbox_pending) and ignoring (zone) up', 'has no label zone'],
    ['label_replace(outbox_pending, "name", "$1", "app", "(.*)")', 'has no label app'],
    ['max by (app) (label_replace(outbox_pending, "name", "$1", "service", "(.*)"))', 'has no label app'],
    ['http_requests_total{status=~"5.("}', 'no regular expression: 5.('],
    ['http_requests_total{status=~"(?!5).."}', 'RE2 knows no look-around'],
    ['{service="orders"}', 'names no metric'],
    ['sum(rate(http_requests_total[5m])', 'syntax error'],
    ['sum(rate(http_requests_total[5m])) by service', 'syntax error'],
    ['rte(http_requests_total[5m])', 'syntax error'],
    ['outbox_pending{service="gateway"}', 'outbox_pending never has service="gateway"'],
    ['http_requests_total{service="order"}', 'http_requests_total never has service="order"'],
    ['slo:failure_ratio:rate5m{slo="gateway"}', 'slo:failure_ratio:rate5m never has slo="gateway"'],
    ['slo:failure_ratio:rate5m{operation="x"}', 'slo:failure_ratio:rate5m has no label operation'],
  ])('%s', (expr, problem) => {
    expect(problemsOf({ expr, named: [] }).join('\n')).toContain(problem);
  });

  it('what is right is left alone', () => {
    const right = [
      'sum by (service, le) (rate(http_request_duration_seconds_bucket{status!~"4.."}[5m] offset 1h))',
      'sum without (pod, instance) (rate(orders_total[5m])) > bool 0 unless ignoring (status) max without (status, pod, instance) (orders_total)',
      'max_over_time(sum by (pod) (outbox_pending)[1h:1m]) / on (pod) group_left () (up == 1)',
      'count_values("number", outbox_pending) or vector(0)',
      'topk(5, sum by (operation) (rate(graphql_operations_total[5m])))',
      'absent(outbox_pending{service="orders"}) * 2 ^ -1',
      'time() - process_start_time_seconds > 60',
      'nodejs_gc_duration_seconds_sum{kind="major"}',
    ];
    expect(right.flatMap((expr) => problemsOf({ expr, named: [] }))).toEqual([]);
  });

  it('a legend or a text that names a label which the result lacks', () => {
    const panel = { title: 'x', targets: [{ expr: 'sum by (pod) (up)', legendFormat: '{{pod}} {{service}}' }] };
    const dashboard = { panels: [panel], templating: { list: [] }, annotations: { list: [] } };
    expect(ofDashboard('x.json', dashboard).flatMap(problemsOf)).toEqual(['its result has no label service']);
  });
});
