import type { Query } from './queries.ts';

/** Data sources are chosen by the reader: those of any Grafana will do. */
export const PROMETHEUS = { type: 'prometheus', uid: `\${datasource}` } as const;
export const LOGS = { type: 'elasticsearch', uid: `\${logs}` } as const;
export const TRACES = { type: 'jaeger', uid: `\${traces}` } as const;

/** A panel of Grafana's classic dashboard model, without its id and place. */
export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  /** Columns of 24, and rows of 30 pixels. */
  readonly size: { readonly w: number; readonly h: number };
  readonly [field: string]: unknown;
}

/** From a value on, in the panel's unit, it has this colour; below the first it is green, or red where green comes last. */
export type Steps = readonly (readonly [from: number, color: 'green' | 'yellow' | 'orange' | 'red'])[];

interface Look {
  /** An id of Grafana's units: `s`, `bytes`, `reqps`, `percentunit` (0 to 1). Default: a plain number. */
  readonly unit?: string;
  readonly steps?: Steps;
  readonly w?: number;
  readonly h?: number;
}

interface StatLook extends Look {
  readonly names?: Names;
  /** Default: as many as the number needs. What is counted over a time is no whole number: Prometheus extrapolates. */
  readonly decimals?: number;
}

interface SeriesLook extends Look {
  /** Default 0. */
  readonly min?: number;
  readonly max?: number;
  /** Series on top of each other, where their sum means something. */
  readonly stacked?: true;
}

/** Lines over time, with their last and highest value in the legend. */
export function timeSeries(
  title: string,
  description: string,
  queries: readonly Query[],
  look: SeriesLook = {},
): Panel {
  const { unit = 'short', steps, min = 0, max, stacked, w = 8, h = 8 } = look;
  return {
    type: 'timeseries',
    title,
    description,
    size: { w, h },
    datasource: PROMETHEUS,
    targets: queries.map(rangeTarget),
    fieldConfig: {
      defaults: {
        unit,
        min,
        ...(max !== undefined && { max }),
        ...(steps && { thresholds: thresholds(steps) }),
        color: { mode: 'palette-classic-by-name' },
        custom: {
          fillOpacity: stacked ? 30 : 8,
          showPoints: 'never',
          spanNulls: false,
          ...(stacked && { stacking: { mode: 'normal', group: 'A' } }),
          ...(steps && { thresholdsStyle: { mode: 'dashed' } }),
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** One number, its colour by steps. */
export function stat(title: string, description: string, { expr }: Query, look: StatLook = {}): Panel {
  const { unit = 'short', steps = [], names, decimals, w = 4, h = 4 } = look;
  return {
    type: 'stat',
    title,
    description,
    size: { w, h },
    datasource: PROMETHEUS,
    targets: [{ ...rangeTarget({ expr }, 0), range: false, instant: true }],
    fieldConfig: {
      defaults: {
        unit,
        thresholds: thresholds(steps),
        color: { mode: 'thresholds' },
        noValue: '–',
        ...(decimals !== undefined && { decimals }),
        ...mapped(names),
      },
      overrides: [],
    },
    options: {
      graphMode: 'none',
      colorMode: steps.length === 0 ? 'none' : 'background',
      justifyMode: 'auto',
      textMode: 'auto',
      orientation: 'auto',
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: 'standard',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
}

/** What is shown for a value: `{ '1': 'up', '0': 'down' }`. */
type Names = Readonly<Record<string, string>>;

const mapped = (names: Names | undefined) =>
  names && {
    mappings: [
      { type: 'value', options: Object.fromEntries(Object.entries(names).map(([value, text]) => [value, { text }])) },
    ],
  };

export interface Column extends Pick<Look, 'unit' | 'steps'> {
  readonly name: string;
  readonly expr: string;
}

interface TableLook extends Pick<Look, 'w' | 'h'> {
  /** The label that every column's series have, and no other. */
  readonly by: string;
  /** Where its values lead; `${__value.text}` is the value. */
  readonly link?: { readonly title: string; readonly url: string };
}

/** One row for each value of a label, one column for each query, as of now. */
export function table(title: string, description: string, columns: readonly Column[], look: TableLook): Panel {
  const { by, link, w = 24, h = 8 } = look;
  const letters = columns.map((_, index) => letterOf(index));
  return {
    type: 'table',
    title,
    description,
    size: { w, h },
    datasource: PROMETHEUS,
    targets: columns.map(({ expr }, index) => ({
      ...rangeTarget({ expr }, index),
      range: false,
      instant: true,
      format: 'table',
    })),
    transformations: [
      { id: 'joinByField', options: { byField: by, mode: 'outer' } },
      {
        id: 'organize',
        options: {
          // Each query brings its own time; with one query only, its value has no letter.
          excludeByName: Object.fromEntries(['Time', ...letters.map((_, i) => `Time ${i + 1}`)].map((n) => [n, true])),
          renameByName: Object.fromEntries(columns.map(({ name }, i) => [`Value #${letters[i]}`, name])),
        },
      },
    ],
    fieldConfig: {
      defaults: { custom: { align: 'auto', filterable: true } },
      overrides: [
        ...columns.map(columnOverride),
        ...(link ? [{ matcher: { id: 'byName', options: by }, properties: [{ id: 'links', value: [link] }] }] : []),
      ],
    },
    options: { showHeader: true, cellHeight: 'sm' },
  };
}

function columnOverride({ name, unit = 'short', steps }: Column) {
  const coloured = steps && [
    { id: 'thresholds', value: thresholds(steps) },
    { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
  ];
  return {
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'unit', value: unit }, ...(coloured ?? [])],
  };
}

/** Alerts that fire or are about to, of Prometheus' rules and Grafana's own. `labels`: `{service="orders"}`. */
export function alertList(title: string, description: string, labels: string, { w = 12, h = 8 } = {}): Panel {
  return {
    type: 'alertlist',
    title,
    description,
    size: { w, h },
    options: {
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 30,
      sortOrder: 3,
      dashboardAlerts: false,
      alertName: '',
      alertInstanceLabelFilter: labels,
      stateFilter: { firing: true, pending: true, noData: true, error: true, normal: false },
    },
  };
}

/** Lines of the log, the newest first. `query` is Lucene's. */
export function logLines(title: string, description: string, query: string, { w = 24, h = 10 } = {}): Panel {
  return {
    type: 'logs',
    title,
    description,
    size: { w, h },
    datasource: LOGS,
    targets: [
      {
        refId: 'A',
        datasource: LOGS,
        query,
        timeField: '@timestamp',
        metrics: [{ id: '1', type: 'logs', settings: { limit: '500' } }],
        bucketAggs: [],
      },
    ],
    options: {
      showTime: true,
      showLabels: false,
      showCommonLabels: false,
      wrapLogMessage: true,
      prettifyLogMessage: false,
      enableLogDetails: true,
      showLogContextToggle: false,
      sortOrder: 'Descending',
      dedupStrategy: 'none',
    },
  };
}

export function text(title: string, description: string, content: string, { w = 24, h = 6 } = {}): Panel {
  return { type: 'text', title, description, size: { w, h }, options: { mode: 'markdown', content } };
}

const rangeTarget = ({ expr, legend, exemplar }: Query, index: number) => ({
  refId: letterOf(index),
  datasource: PROMETHEUS,
  expr,
  range: true,
  instant: false,
  ...(exemplar && { exemplar }),
  ...(legend !== undefined && { legendFormat: legend }),
});

const letterOf = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);

const thresholds = (steps: Steps) => ({
  mode: 'absolute',
  steps: [
    { color: steps.at(-1)?.[1] === 'green' ? 'red' : 'green', value: null },
    ...steps.map(([value, color]) => ({ color, value })),
  ],
});
