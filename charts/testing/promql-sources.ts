import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { PrometheusRule } from '../rules/rule.ts';
import { renderChart } from './render-chart.ts';
import { readRuleFiles } from './rule-files.ts';

/** An expression that Prometheus is asked to evaluate. */
export interface PromqlSource {
  /** File and place in it. */
  where: string;
  expr: string;
  /** Labels of the result that texts around it name: `{{ $labels.service }}`, `{{service}}`. */
  named: string[];
}

// biome-ignore lint/suspicious/noExplicitAny: files of many kinds are looked into
type Loose = any;

const DASHBOARDS = 'observability/files/dashboards';

/** Every rule of Prometheus in the repository, with its place. */
export const prometheusRules = (root: string): (PrometheusRule & { where: string })[] =>
  readRuleFiles(root).flatMap(({ name: file, groups }) =>
    groups.flatMap(({ name, rules }) =>
      rules.map((rule) => ({ ...rule, where: `rules ${file}, ${name}, ${rule.alert ?? rule.record}` })),
    ),
  );

/** Every PromQL expression of rules, dashboards and Grafana's alerts, of autoscaling, and in the documents. */
export function promqlSources(root: string): PromqlSource[] {
  return [
    ...prometheusRules(root).map(({ where, expr, ...rule }) => ({ where, expr, named: labelsInTemplates(rule) })),
    ...filesIn(root, DASHBOARDS, 'json').flatMap((file) => ofDashboard(file, JSON.parse(read(root, file)))),
    ...filesIn(root, 'observability/files/grafana-alerts', 'yaml').flatMap((file) => ofGrafanaAlerts(root, file)),
    ...ofAutoscaling(root),
    ...filesIn(root, 'docs', 'md').flatMap((file) => ofDocument(root, file)),
    ...filesIn(root, 'docs/runbooks', 'md').flatMap((file) => ofDocument(root, file)),
  ].map((source) => ({ ...source, expr: withoutMacros(source.expr) }));
}

/** Queries of panels and of variables; what they select by variables is one of the values. */
export function ofDashboard(file: string, dashboard: Loose): PromqlSource[] {
  const panels = dashboard.panels.flatMap((panel: Loose) => [panel, ...(panel.panels ?? [])]);
  const queries = panels.flatMap(({ title, targets = [] }: Loose) =>
    targets
      .filter(({ expr }: Loose) => expr !== undefined)
      .map(({ expr, legendFormat = '' }: Loose) => ({
        where: `${file}, ${title}`,
        expr,
        named: labelsInLegend(legendFormat),
      })),
  );
  const annotations = dashboard.annotations.list.map(({ name, expr, titleFormat }: Loose) => ({
    where: `${file}, ${name}`,
    expr,
    named: labelsInLegend(titleFormat),
  }));
  const variables = dashboard.templating.list.flatMap(({ name, query }: Loose) => {
    const [, expr, label] = /^label_values\((.+), (\w+)\)$/.exec(query?.query ?? '') ?? [];
    return expr === undefined ? [] : [{ where: `${file}, $${name}`, expr, named: [label] }];
  });
  return [...queries, ...annotations, ...variables];
}

function ofGrafanaAlerts(root: string, file: string): PromqlSource[] {
  return yamlOf(root, file).flatMap(({ groups = [] }: Loose) =>
    groups.flatMap(({ rules }: Loose) =>
      rules.flatMap(({ title, data }: Loose) =>
        data
          .filter(({ model }: Loose) => model.expr !== undefined)
          .map(({ model }: Loose) => ({ where: `${file}, ${title}`, expr: model.expr, named: [] })),
      ),
    ),
  );
}

/** What HPAs, KEDA and prometheus-adapter ask, as the chart renders it. */
function ofAutoscaling(root: string): PromqlSource[] {
  const rendered = ['prometheus-adapter', 'keda'].flatMap(
    (metrics) =>
      renderChart({ chart: join(root, 'charts/tributary'), values: { defaults: { autoscaling: { metrics } } } })
        .objects as Loose[],
  );
  return rendered.flatMap(({ kind, metadata, spec, data }) => {
    const where = `${kind} ${metadata.name}`;
    if (kind === 'ScaledObject') {
      return spec.triggers.flatMap(({ type, metadata: { query } }: Loose) =>
        type === 'prometheus' ? [{ where, expr: query, named: [] }] : [],
      );
    }
    return kind === 'ConfigMap' && metadata.name.endsWith('-adapter-rules')
      ? adapterQueries(data['config.yaml']).map(({ expr }) => ({ where, expr, named: [] }))
      : [];
  });
}

/** What prometheus-adapter would ask for each metric that it serves, with the name that HPAs know it by. */
export function adapterQueries(config: string): { name: string; labels: string[]; expr: string }[] {
  const { rules = [], externalRules = [] } = parse(config);
  return [...rules, ...externalRules].map(({ seriesQuery, resources, name, metricsQuery }: Loose) => {
    const [series, matchers = ''] = seriesQuery.split(/[{}]/);
    const labels = Object.keys(resources.overrides);
    const expr = metricsQuery
      .replaceAll('<<.Series>>', series)
      .replaceAll('<<.LabelMatchers>>', matchers)
      .replaceAll('<<.GroupBy>>', labels.join(','));
    return {
      name: name.as,
      labels: [...labels, ...[...matchers.matchAll(/(\w+)\W*=/g)].map(([, label]) => label)],
      expr,
    };
  });
}

const ofDocument = (root: string, file: string): PromqlSource[] =>
  [...read(root, file).matchAll(/^ *```promql\n(.*?)^ *```/gms)].map(([, expr = '']) => ({
    where: file,
    expr,
    named: [],
  }));

const labelsInLegend = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);

const labelsInTemplates = (rule: object): string[] =>
  [...JSON.stringify(rule).matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);

/** Grafana's own variables hold durations; those of a dashboard stand in strings, and are left there. */
const withoutMacros = (expr: string): string =>
  expr.replaceAll(/\$(__rate_interval|__interval|__range)\b|\$\{(__rate_interval|__interval|__range)\}/g, '5m');

const yamlOf = (root: string, file: string): Loose[] =>
  parseAllDocuments(read(root, file)).map((document) => document.toJS());

const read = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');

function filesIn(root: string, folder: string, extension: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((file) => basename(file).endsWith(`.${extension}`))
    .sort()
    .map((file) => `${folder}/${file}`);
}
