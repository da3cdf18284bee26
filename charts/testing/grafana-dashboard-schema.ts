/**
 * JSON Schema of Grafana's classic dashboard model, as far as the dashboards here use it: what they have beyond it is
 * refused. Fields, types and values are those of Grafana's published types (`@grafana/grafana-foundation-sdk` 0.0.21,
 * made from Grafana's own `kinds/dashboard` and its panels' and data sources' schemas); Grafana itself publishes no JSON
 * Schema, and drops silently what it does not know.
 */

type Schema = Readonly<Record<string, unknown>>;

const string = { type: 'string' };
const text = { type: 'string', minLength: 1 };
const boolean = { type: 'boolean' };
const number = { type: 'number' };
const whole = { type: 'integer', minimum: 0 };
const one = (...values: unknown[]): Schema => ({ enum: values });
const list = (items: Schema, more: object = {}): Schema => ({ type: 'array', items, ...more });

/** An object with these fields and no other; those with a question mark may be missing. */
function object(fields: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(fields);
  return {
    type: 'object',
    additionalProperties: false,
    required: names.filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ''), fields[name]])),
  };
}

const dataSource = object({ type: one('prometheus', 'elasticsearch', 'jaeger'), uid: text });
const gridPos = object({
  x: { type: 'integer', minimum: 0, maximum: 23 },
  y: whole,
  w: { type: 'integer', minimum: 1, maximum: 24 },
  h: { type: 'integer', minimum: 1 },
});

const thresholds = object({
  mode: one('absolute', 'percentage'),
  steps: list(object({ color: text, value: { type: ['number', 'null'] } }), { minItems: 1 }),
});
const dataLink = object({ title: text, url: text, 'targetBlank?': boolean });
const fieldConfig = object({
  defaults: object({
    'unit?': text,
    'min?': number,
    'max?': number,
    'noValue?': text,
    'decimals?': whole,
    'thresholds?': thresholds,
    'color?': object({ mode: one('thresholds', 'palette-classic', 'palette-classic-by-name', 'fixed') }),
    'mappings?': list(
      object({
        type: one('value'),
        options: { type: 'object', additionalProperties: object({ 'text?': text, 'color?': text }) },
      }),
    ),
    'custom?': object({
      'align?': one('auto', 'left', 'center', 'right'),
      'filterable?': boolean,
      'fillOpacity?': { type: 'integer', minimum: 0, maximum: 100 },
      'showPoints?': one('auto', 'never', 'always'),
      'spanNulls?': { type: ['boolean', 'number'] },
      'stacking?': object({ mode: one('none', 'normal', 'percent'), group: text }),
      'thresholdsStyle?': object({ mode: one('off', 'line', 'dashed', 'area', 'series') }),
    }),
  }),
  overrides: list(
    object({
      matcher: object({ id: one('byName'), options: text }),
      properties: list({
        anyOf: [
          object({ id: one('unit'), value: text }),
          object({ id: one('thresholds'), value: thresholds }),
          object({ id: one('links'), value: list(dataLink, { minItems: 1 }) }),
          object({
            id: one('custom.cellOptions'),
            value: object({ type: one('auto', 'color-background', 'color-text'), mode: one('basic', 'gradient') }),
          }),
        ],
      }),
    }),
  ),
});

const refId = { type: 'string', pattern: '^[A-Z]$' };
const promql = object({
  refId,
  datasource: dataSource,
  expr: text,
  range: boolean,
  instant: boolean,
  'exemplar?': boolean,
  'legendFormat?': string,
  'format?': one('table', 'time_series', 'heatmap'),
});
const lucene = object({
  refId,
  datasource: dataSource,
  query: text,
  timeField: text,
  metrics: list(
    object({
      id: text,
      type: one('count', 'logs', 'raw_data'),
      'settings?': object({ 'limit?': text, 'size?': text }),
    }),
    { minItems: 1 },
  ),
  bucketAggs: list(
    object({
      id: text,
      type: one('terms', 'date_histogram'),
      field: text,
      settings: object({
        'interval?': text,
        'min_doc_count?': text,
        'size?': text,
        'order?': one('asc', 'desc'),
        'orderBy?': text,
      }),
    }),
  ),
});
const trace = object({
  refId,
  datasource: dataSource,
  'query?': text,
  'queryType?': one('search'),
  'service?': text,
  'tags?': string,
  'minDuration?': string,
  'limit?': whole,
});

const legend = object({
  displayMode: one('list', 'table', 'hidden'),
  placement: one('bottom', 'right'),
  showLegend: boolean,
  calcs: list(one('lastNotNull', 'max', 'mean', 'min', 'sum')),
});
const tooltip = object({ mode: one('single', 'multi', 'none'), sort: one('none', 'asc', 'desc') });

/** The options of each type of panel; and whether it asks a data source. */
const panelTypes: Readonly<Record<string, { options?: Schema; asks: boolean }>> = {
  timeseries: { options: object({ legend, tooltip }), asks: true },
  stat: {
    options: object({
      graphMode: one('none', 'line', 'area'),
      colorMode: one('none', 'value', 'background', 'background_solid'),
      justifyMode: one('auto', 'center'),
      textMode: one('auto', 'value', 'value_and_name', 'name', 'none'),
      orientation: one('auto', 'horizontal', 'vertical'),
      wideLayout: boolean,
      showPercentChange: boolean,
      percentChangeColorMode: one('standard', 'inverted', 'same_as_value'),
      reduceOptions: object({ calcs: list(text, { minItems: 1 }), fields: string, values: boolean }),
    }),
    asks: true,
  },
  table: { options: object({ showHeader: boolean, cellHeight: one('sm', 'md', 'lg') }), asks: true },
  logs: {
    options: object({
      showTime: boolean,
      showLabels: boolean,
      showCommonLabels: boolean,
      wrapLogMessage: boolean,
      prettifyLogMessage: boolean,
      enableLogDetails: boolean,
      showLogContextToggle: boolean,
      sortOrder: one('Ascending', 'Descending'),
      dedupStrategy: one('none', 'exact', 'numbers', 'signature'),
    }),
    asks: true,
  },
  traces: { asks: true },
  alertlist: {
    options: object({
      viewMode: one('list', 'stat'),
      groupMode: one('default', 'custom'),
      groupBy: list(text),
      maxItems: whole,
      sortOrder: one(1, 2, 3, 4, 5),
      dashboardAlerts: boolean,
      alertName: string,
      alertInstanceLabelFilter: string,
      stateFilter: object({ firing: boolean, pending: boolean, noData: boolean, error: boolean, normal: boolean }),
    }),
    asks: false,
  },
  text: { options: object({ mode: one('markdown', 'html', 'code'), content: text }), asks: false },
};

const panels = Object.entries(panelTypes).map(([type, { options, asks }]) =>
  object({
    id: { type: 'integer', minimum: 1 },
    type: one(type),
    title: text,
    description: text,
    gridPos,
    ...(options && { options }),
    ...(asks && {
      datasource: dataSource,
      targets: list({ anyOf: [promql, lucene, trace] }, { minItems: 1, maxItems: 26 }),
      'fieldConfig?': fieldConfig,
      'transformations?': list(
        object({ id: one('joinByField', 'organize', 'filterFieldsByName'), options: { type: 'object' } }),
      ),
    }),
  }),
);
const row = object({
  id: { type: 'integer', minimum: 1 },
  type: one('row'),
  title: text,
  collapsed: one(false),
  panels: list({}, { maxItems: 0 }),
  gridPos,
});

const option = object({
  text: { anyOf: [string, list(text)] },
  value: { anyOf: [string, list(text)] },
});
const variables = [
  object({
    name: text,
    label: text,
    type: one('datasource'),
    query: text,
    refresh: one(1),
    hide: one(0),
    regex: string,
  }),
  object({
    name: text,
    label: text,
    type: one('query'),
    datasource: dataSource,
    query: object({ query: text, refId: text }),
    definition: text,
    refresh: one(1, 2),
    sort: { type: 'integer', minimum: 0, maximum: 8 },
    regex: string,
    multi: boolean,
    includeAll: boolean,
    allValue: text,
    current: option,
  }),
  object({ name: text, label: text, type: one('custom'), query: text, current: option }),
  object({ name: text, label: text, description: text, type: one('textbox'), query: string, current: option }),
];

export const grafanaDashboardSchema: Schema = object({
  uid: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,39}$' },
  title: text,
  description: text,
  tags: list(text),
  schemaVersion: { type: 'integer', minimum: 36 },
  version: { type: 'integer', minimum: 1 },
  editable: boolean,
  graphTooltip: one(0, 1, 2),
  timezone: text,
  refresh: { type: 'string', pattern: '^\\d+[smhd]$' },
  time: object({ from: text, to: text }),
  templating: object({ list: list({ anyOf: variables }) }),
  annotations: object({
    list: list(
      object({
        name: text,
        datasource: dataSource,
        enable: boolean,
        iconColor: text,
        expr: text,
        titleFormat: text,
        step: text,
      }),
    ),
  }),
  links: list(
    object({
      type: one('link', 'dashboards'),
      title: text,
      tags: list(text),
      asDropdown: boolean,
      includeVars: boolean,
      keepTime: boolean,
      targetBlank: boolean,
      icon: text,
      tooltip: string,
      url: string,
    }),
  ),
  panels: list({ anyOf: [row, ...panels] }, { minItems: 1 }),
});
