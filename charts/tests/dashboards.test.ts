import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeSupergraph, discoverSubgraphs, loadEventCatalogue } from '../../schema/src/index.ts';
import { isUpToDate } from '../../scripts/generate/is-up-to-date.ts';
import { grafanaFiles } from '../dashboards/grafana-files.ts';
import { grafanaDashboardSchema } from '../testing/grafana-dashboard-schema.ts';
import { renderChart } from '../testing/render-chart.ts';

// biome-ignore lint/suspicious/noExplicitAny: panels of many kinds are looked into
type Loose = any;

const root = fileURLToPath(new URL('../..', import.meta.url));
const sdl = readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8');
const catalogue = await loadEventCatalogue(root);
const files = grafanaFiles(root, sdl, catalogue);
const dashboards = pagesOf(files);
const isValid = new Ajv({ allErrors: true, strict: false }).compile(grafanaDashboardSchema);

function pagesOf(generated: typeof files): Loose[] {
  return generated.flatMap(({ path, content }) =>
    path.endsWith('.json') && content !== undefined ? [JSON.parse(content)] : [],
  );
}

/** Of variables, in any of Grafana's forms; its own begin with two underscores. */
function variablesIn(value: unknown): string[] {
  const uses = JSON.stringify(value).matchAll(/\$\{(\w+)(?:[.:][^}]*)?\}|\$(\w+)/g);
  return [...new Set([...uses].map(([, braced, bare]) => braced ?? bare ?? ''))].filter(
    (name) => !name.startsWith('__'),
  );
}

function overlaps({ gridPos: a }: Loose, { gridPos: b }: Loose): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** What Grafana would refuse of a dashboard, or show wrongly. */
function problemsOf(dashboard: Loose): string[] {
  const problems = isValid(dashboard)
    ? []
    : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const { panels, templating } = dashboard;
  const ids = panels.map(({ id }: Loose) => id);
  if (new Set(ids).size < ids.length) problems.push('two panels have one id');
  panels.forEach((panel: Loose, index: number) => {
    if (panel.gridPos.x + panel.gridPos.w > 24) problems.push(`${panel.title} reaches past the last column`);
    const other = panels.slice(0, index).find((earlier: Loose) => overlaps(earlier, panel));
    if (other !== undefined) problems.push(`${panel.title} lies over ${other.title}`);
    for (const { refId, datasource } of panel.targets ?? []) {
      if (datasource.uid !== panel.datasource.uid) problems.push(`${panel.title} asks another source in ${refId}`);
    }
    const refIds = (panel.targets ?? []).map(({ refId }: Loose) => refId);
    if (new Set(refIds).size < refIds.length) problems.push(`${panel.title} has two queries of one name`);
    const steps = panel.fieldConfig?.defaults.thresholds?.steps.slice(1).map(({ value }: Loose) => value) ?? [];
    if (steps.some((value: number, i: number) => i > 0 && value <= steps[i - 1])) {
      problems.push(`${panel.title} has thresholds out of order`);
    }
  });
  const known = new Map(templating.list.map(({ name, type, query }: Loose) => [name, { type, query }]));
  for (const name of variablesIn(dashboard)) if (!known.has(name)) problems.push(`there is no variable ${name}`);
  for (const { datasource } of [...panels, ...dashboard.annotations.list, ...templating.list]) {
    const [, name] = /^\$\{(\w+)\}$/.exec(datasource?.uid ?? '') ?? [];
    const variable = known.get(name) as Loose;
    if (datasource !== undefined && (variable?.type !== 'datasource' || variable.query !== datasource.type)) {
      problems.push(`${datasource.uid} is no variable for a source of type ${datasource.type}`);
    }
  }
  return problems;
}

describe('the dashboards', () => {
  it.each(dashboards.map((dashboard) => [dashboard.uid, dashboard]))(
    '%s is one that Grafana shows as it is meant',
    (_, dashboard) => {
      expect(problemsOf(dashboard)).toEqual([]);
    },
  );

  it('have the uids that alerts and runbooks link to, in files of that name', () => {
    expect(dashboards.map(({ uid }) => uid).sort()).toEqual([
      'tributary-events',
      'tributary-gateway',
      'tributary-logs-and-traces',
      'tributary-orders-and-money',
      'tributary-overview',
      'tributary-slo',
      ...['inventory', 'notifications', 'orders', 'payments', 'users'].map((name) => `tributary-subgraph-${name}`),
    ]);
    const paths = files.map(({ path }) => path);
    for (const { uid } of dashboards) expect(paths).toContain(`observability/files/dashboards/${uid}.json`);
  });

  it('are shipped as they are generated', () => {
    expect(files.filter((file) => !isUpToDate(root, file)).map(({ path }) => path)).toEqual([]);
  });

  it('link to dashboards that are there, or to the page of a subgraph', () => {
    const uids = new Set(dashboards.map(({ uid }) => uid));
    const linked = [...JSON.stringify(dashboards).matchAll(/"\/d\/([\w-]+)(\$\{__value\.text\})?/g)];
    expect(linked.length).toBeGreaterThan(5);
    for (const [, uid = '', rest] of linked) {
      expect(rest === undefined ? uids.has(uid) : uid === 'tributary-subgraph-', uid).toBe(true);
    }
  });

  it('lead from every time of a request to its trace, by exemplars', () => {
    const targets = dashboards.flatMap(({ panels }) => panels).flatMap(({ targets = [] }: Loose) => targets);
    const latencies = targets.filter(
      ({ range, expr }: Loose) =>
        range &&
        /histogram_quantile\(.*(http_request|graphql_operation|graphql_subgraph_fetch)_duration/.test(expr ?? ''),
    );
    expect(latencies.length).toBeGreaterThan(10);
    expect(latencies.filter(({ exemplar }: Loose) => exemplar !== true)).toEqual([]);
  });
});

const whole = () => structuredClone(dashboards.find(({ uid }) => uid === 'tributary-overview')) as Loose;
const panelOf = (dashboard: Loose, title: string) => dashboard.panels.find((panel: Loose) => panel.title === title);

describe('a mistake in a dashboard is found', () => {
  it.each<[string, (dashboard: Loose) => void, string]>([
    ['an unknown field', (d) => Object.assign(panelOf(d, 'Operations by outcome'), { tittle: 'x' }), '/panels'],
    ['an unknown option', (d) => Object.assign(panelOf(d, 'Failures').options, { colour: 'value' }), '/panels'],
    ['a panel without a description', (d) => delete panelOf(d, 'Failures').description, '/panels'],
    ['an id twice', (d) => Object.assign(panelOf(d, 'Failures'), { id: 1 }), 'two panels have one id'],
    ['an overlap', (d) => Object.assign(panelOf(d, 'Failures').gridPos, { x: 2 }), 'Failures lies over Operations'],
    [
      'a panel past the edge',
      (d) => Object.assign(panelOf(d, 'Dead letters').gridPos, { x: 22 }),
      'past the last column',
    ],
    [
      'a variable that is not there',
      (d) => Object.assign(panelOf(d, 'Failures').targets[0], { expr: 'up{pod="$pod"}' }),
      'there is no variable pod',
    ],
    [
      'a data source by a fixed uid',
      (d) => Object.assign(panelOf(d, 'Failures').datasource, { uid: 'P1809F7CD0C75ACF3' }),
      'P1809F7CD0C75ACF3 is no variable',
    ],
    [
      'a data source of another type',
      (d) => Object.assign(panelOf(d, 'Failures').datasource, { type: 'jaeger' }),
      'is no variable for a source of type jaeger',
    ],
    [
      'thresholds out of order',
      (d) => panelOf(d, 'Failures').fieldConfig.defaults.thresholds.steps.reverse(),
      'thresholds out of order',
    ],
  ])('%s', (_, spoil, problem) => {
    const dashboard = whole();
    spoil(dashboard);
    expect(problemsOf(dashboard).join('\n')).toContain(problem);
  });
});

describe('a sixth subgraph', () => {
  const schema = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
    type Query { reviews: [Review!]! }
    type Review @key(fields: "id") { id: ID! text: String! }`;
  const sixth = {
    name: 'reviews',
    url: 'http://reviews/graphql',
    schemaPath: 'subgraphs/reviews/schema.graphql',
    files: [{ path: 'subgraphs/reviews/schema.graphql', text: schema }],
  };

  it('has a page of its own, a place in the others and alerts on its log, by itself', () => {
    const { supergraphSdl = '', findings } = composeSupergraph([...discoverSubgraphs(root), sixth]);
    expect(supergraphSdl, JSON.stringify(findings)).not.toBe('');
    const six = grafanaFiles(root, supergraphSdl, catalogue);
    const page = pagesOf(six).find(({ uid }) => uid === 'tributary-subgraph-reviews');
    expect(problemsOf(page)).toEqual([]);
    expect(JSON.stringify(page)).toContain(String.raw`subgraph=\"reviews\"`);
    expect(page.panels.map(({ title }: Loose) => title)).not.toContain('Outbox');
    const logs = pagesOf(six).find(({ uid }) => uid === 'tributary-logs-and-traces');
    expect(logs.templating.list.find(({ name }: Loose) => name === 'service').query).toContain(',reviews,');
    expect(alertsOf(six).map(({ title }) => title)).toContain('ServiceLogsMissing: reviews');
  });

  it('that is gone takes its page with it', () => {
    const withoutUsers = sdl.replace(/^ *USERS @join__graph.*\n/m, '');
    expect(grafanaFiles(root, withoutUsers, catalogue)).toContainEqual({
      path: 'observability/files/dashboards/tributary-subgraph-users.json',
      content: undefined,
    });
  });
});

function alertsOf(generated: typeof files): Loose[] {
  return generated
    .filter(({ path }) => path.endsWith('.yaml'))
    .flatMap(({ content }) => parse(content ?? '').groups)
    .flatMap(({ rules }: Loose) => rules);
}

describe('Grafana’s alerts', () => {
  const alerts = alertsOf(files);

  it('have uids and titles that Grafana takes', () => {
    for (const field of ['uid', 'title']) expect(new Set(alerts.map((alert) => alert[field])).size).toBe(alerts.length);
    expect(alerts.filter(({ uid }) => !/^[a-z0-9-]{1,40}$/.test(uid))).toEqual([]);
  });

  it('decide by an expression over their queries, each of which is used', () => {
    for (const { title, condition, data } of alerts) {
      const refIds = data.map(({ refId }: Loose) => refId);
      expect(new Set(refIds).size, title).toBe(refIds.length);
      expect(data.find(({ refId }: Loose) => refId === condition).datasourceUid, title).toBe('__expr__');
      for (const refId of refIds.filter((name: string) => name !== condition)) {
        const uses = data.filter(({ model }: Loose) =>
          [refId, `$${refId}`].some((name) => model.expression?.split(' ').includes(name)),
        );
        expect(uses, `${title} ${refId}`).not.toEqual([]);
      }
      for (const { datasourceUid } of data)
        expect(['prometheus', 'elasticsearch', '__expr__']).toContain(datasourceUid);
    }
  });

  it('fire when Prometheus or Elasticsearch does not answer, and only those do', () => {
    expect(alerts.filter(({ execErrState }) => execErrState === 'Alerting').map(({ title }) => title)).toEqual([
      'PrometheusUnreachable',
      'LogsUnreachable',
    ]);
  });

  it('reach the right people, with a runbook', () => {
    for (const { labels, annotations } of alerts) {
      expect(labels).toMatchObject({ severity: expect.stringMatching(/^(page|ticket)$/), service: expect.any(String) });
      const [name] = annotations.runbook_url.split('/').slice(-1);
      expect(readFileSync(join(root, 'docs/runbooks', name), 'utf8')).toMatch(
        new RegExp(`^# ${name.replace('.md', '')}$`, 'm'),
      );
      expect(annotations.summary).not.toBe('');
    }
    expect(alerts.find(({ title }) => title === 'LogErrorBurst: orders').labels.team).toBe('orders');
  });

  it('hold nothing that Grafana takes for a variable of its environment', () => {
    for (const { data: _, annotations, ...rest } of alerts) {
      expect(JSON.stringify(rest)).not.toContain('$');
      expect(JSON.stringify(annotations)).not.toContain('${');
    }
  });
});

describe('the chart', () => {
  const OBSERVABILITY = join(root, 'observability');
  const withoutElasticsearch = {
    elasticsearch: { enabled: false },
    fluentd: { enabled: false },
    kibana: { enabled: false },
    jaeger: { storage: 'memory', replicas: 1 },
  };

  it.each([
    ['with Elasticsearch', {}, ['LogErrorBurst', 'LogsUnreachable', 'PrometheusUnreachable', 'ServiceLogsMissing']],
    ['without it', withoutElasticsearch, ['PrometheusUnreachable']],
  ])('%s gives Grafana the alerts whose data sources it gives it too', (_, values, expected) => {
    const maps = (renderChart({ chart: OBSERVABILITY, values }).objects as Loose[]).filter(
      ({ kind }) => kind === 'ConfigMap',
    );
    const { data } = maps.find(({ metadata }) => metadata.name === 'tributary-grafana-provisioning');
    const sources = parse(data['datasources.yaml']).datasources.map(({ uid }: Loose) => uid);
    const rules = Object.keys(data)
      .filter((name) => name.startsWith('alerts-'))
      .flatMap((name) => parse(data[name]).groups)
      .flatMap((group: Loose) => group.rules);
    expect([...new Set(rules.map(({ title }) => title.split(':')[0]))].sort()).toEqual(expected);
    const asked = rules.flatMap((rule) => rule.data).map(({ datasourceUid }) => datasourceUid);
    expect(asked.filter((uid) => uid !== '__expr__' && !sources.includes(uid))).toEqual([]);
  });

  it('gives it every dashboard as it is', () => {
    const shown = (renderChart({ chart: OBSERVABILITY }).objects as Loose[])
      .filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1')
      .flatMap(({ data }) => Object.values(data as Record<string, string>))
      .map((json) => JSON.parse(json));
    expect(shown).toHaveLength(dashboards.length);
    expect(shown).toEqual(expect.arrayContaining(dashboards));
  });
});
