import { LOGS, type Panel, PROMETHEUS, TRACES } from './panels.ts';

/** Panels under a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardSpec {
  /** Alerts and runbooks link to it, so it stays. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  /** More variables than data sources and namespace. */
  readonly variables?: readonly object[];
  readonly links?: readonly { title: string; url: string }[];
  /** Default: the last hour, read anew every 30 s; a longer time every 5 min. */
  readonly from?: string;
}

/** Of Grafana 13, and read by every one since 11: https://grafana.com/docs/grafana/latest/visualizations/dashboards/ */
const SCHEMA_VERSION = 41;
const COLUMNS = 24;

/** A dashboard in Grafana's classic JSON model. */
export function dashboard({ uid, title, description, sections, variables = [], links = [], from }: DashboardSpec) {
  return {
    uid,
    title,
    description,
    tags: ['tributary'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    refresh: from === undefined ? '30s' : '5m',
    time: { from: from ?? 'now-1h', to: 'now' },
    templating: { list: [...dataSources(sections), namespaces, ...variables] },
    annotations: { list: [supergraphs] },
    links: [otherDashboards, ...links.map(pageLink)],
    panels: laidOut(sections),
  };
}

/** In rows from left to right: a heading, then panels as they fit. Ids count from 1. */
function laidOut(sections: readonly Section[]): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of sections) {
    placed.push({
      type: 'row',
      id: placed.length + 1,
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: 24, h: 1 },
    });
    let [x, highest] = [0, 0];
    y++;
    for (const { size, ...panel } of panels) {
      if (x + size.w > COLUMNS) [x, y, highest] = [0, y + highest, 0];
      placed.push({ id: placed.length + 1, ...panel, gridPos: { x, y, ...size } });
      x += size.w;
      highest = Math.max(highest, size.h);
    }
    y += highest;
  }
  return placed;
}

/** Those that the panels ask, and Prometheus, which knows the namespaces. */
function dataSources(sections: readonly Section[]): object[] {
  const asked = JSON.stringify(sections);
  return [
    { name: 'datasource', label: 'Metrics', type: PROMETHEUS.type },
    { name: 'logs', label: 'Logs', type: LOGS.type },
    { name: 'traces', label: 'Traces', type: TRACES.type },
  ]
    .filter(({ name }) => name === 'datasource' || asked.includes(`\${${name}}`))
    .map(({ name, label, type }) => ({ name, label, type: 'datasource', query: type, refresh: 1, hide: 0, regex: '' }));
}

/** All by default, also those series that have none as Prometheus runs outside of Kubernetes. */
const namespaces = {
  name: 'namespace',
  label: 'Namespace',
  type: 'query',
  datasource: PROMETHEUS,
  query: { query: 'label_values(http_requests_total, namespace)', refId: 'namespaces' },
  definition: 'label_values(http_requests_total, namespace)',
  refresh: 2,
  sort: 1,
  regex: '',
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: ['All'], value: ['$__all'] },
};

/** A line where a gateway took another supergraph, or gave one up. */
const supergraphs = {
  name: 'Supergraphs',
  datasource: PROMETHEUS,
  enable: true,
  iconColor: 'purple',
  expr: 'sum by (outcome) (increase(graph_supergraph_updates_total{namespace=~"$namespace",outcome=~"adopted|rolled_back"}[1m])) > 0',
  titleFormat: 'Supergraph {{outcome}}',
  step: '60s',
};

const otherDashboards = {
  type: 'dashboards',
  title: 'Tributary',
  tags: ['tributary'],
  asDropdown: true,
  includeVars: true,
  keepTime: true,
  targetBlank: false,
  icon: 'external link',
  tooltip: '',
  url: '',
};

const pageLink = ({ title, url }: { title: string; url: string }) => ({
  ...otherDashboards,
  type: 'link',
  title,
  url,
  tags: [],
  asDropdown: false,
  includeVars: !url.startsWith('http'),
});
