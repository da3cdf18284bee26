import type { DashboardSpec } from './dashboard.ts';
import { LOGS, logLines, type Panel, TRACES } from './panels.ts';

/** Where data links from a trace id lead. `${__value.raw}` is the id. */
const LINKS_OF_A_TRACE_ID = [
  {
    title: 'Its trace and its lines',
    url: `/d/tributary-logs-and-traces?var-trace_id=\${__value.raw}&\${__url_time_range}`,
  },
  { title: 'In Kibana', url: kibana(`trace_id:"\${__value.raw}"`), targetBlank: true },
];

/** One request, found by its id or its trace's; and what goes wrong in a service now. */
export const logsAndTraces = (services: readonly string[]): DashboardSpec => ({
  uid: 'tributary-logs-and-traces',
  title: 'Tributary / Logs and traces',
  description: 'One request, by its id or its trace id, across all services; and what goes wrong in a service now.',
  variables: [
    {
      name: 'service',
      label: 'Service',
      type: 'custom',
      query: services.join(','),
      current: { text: services[0], value: services[0] },
    },
    textBox('trace_id', 'Trace id', 'As in a log line, an exemplar, or the traceparent header.', ''),
    textBox('request_id', 'Request id', "As in the answer's x-request-id header, and in its errors.", ''),
    textBox('kibana', 'Kibana', 'Where browsers reach it.', 'http://localhost:5601'),
  ],
  links: [{ title: 'The request in Kibana', url: kibana(`trace_id:"\${trace_id}" or request_id:"\${request_id}"`) }],
  sections: [
    {
      title: 'One request',
      panels: [
        trace(),
        logLines(
          'Its lines',
          'Of all services, the newest first. Lines of a request have the trace id of the request that caused them.',
          'trace_id:"$trace_id" OR request_id:"$request_id"',
        ),
      ],
    },
    {
      title: 'A service',
      panels: [
        traces('Traces with an error', 'Of requests in which the service took part.', 'error=true'),
        traces('Slow traces', 'Those in which a span of the service took a second or more.', '', '1s'),
        lineCounts(),
        failedLines(),
      ],
    },
  ],
});

/** Kibana's Discover in the time that is shown; the query is in its own language. */
function kibana(query: string): string {
  const time = `(time:(from:'\${__from:date:iso}',to:'\${__to:date:iso}'))`;
  return `\${kibana}/app/discover#/?_g=${time}&_a=(query:(language:kuery,query:'${query}'))`;
}

const textBox = (name: string, label: string, description: string, value: string) => ({
  name,
  label,
  description,
  type: 'textbox',
  query: value,
  current: { text: value, value },
});

function trace(): Panel {
  return {
    type: 'traces',
    title: 'Its trace',
    description: 'Spans of the gateway, the subgraphs, their statements and the consumers of their events.',
    size: { w: 24, h: 14 },
    datasource: TRACES,
    targets: [{ refId: 'A', datasource: TRACES, query: '$trace_id' }],
  };
}

function traces(title: string, description: string, tags: string, minDuration = ''): Panel {
  return {
    type: 'table',
    title,
    description,
    size: { w: 12, h: 9 },
    datasource: TRACES,
    targets: [
      { refId: 'A', datasource: TRACES, queryType: 'search', service: '$service', tags, minDuration, limit: 20 },
    ],
    fieldConfig: { defaults: { custom: { align: 'auto' } }, overrides: [] },
    options: { showHeader: true, cellHeight: 'sm' },
  };
}

function lineCounts(): Panel {
  return {
    type: 'timeseries',
    title: 'Lines by level',
    description: 'How many lines the service writes.',
    size: { w: 24, h: 7 },
    datasource: LOGS,
    targets: [
      {
        refId: 'A',
        datasource: LOGS,
        query: 'service:"$service"',
        timeField: '@timestamp',
        metrics: [{ id: '1', type: 'count' }],
        bucketAggs: [
          {
            id: '2',
            type: 'terms',
            field: 'level',
            settings: { min_doc_count: '1', size: '10', order: 'desc', orderBy: '_count' },
          },
          { id: '3', type: 'date_histogram', field: '@timestamp', settings: { interval: 'auto', min_doc_count: '0' } },
        ],
      },
    ],
    fieldConfig: {
      defaults: {
        unit: 'short',
        min: 0,
        color: { mode: 'palette-classic-by-name' },
        custom: { fillOpacity: 30, showPoints: 'never', stacking: { mode: 'normal', group: 'A' } },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

function failedLines(): Panel {
  const shown = ['@timestamp', 'level', 'operation', 'code', 'message', 'request_id', 'trace_id'];
  return {
    type: 'table',
    title: 'Warnings and errors',
    description: 'The newest. A trace id leads to the whole request, here and in Kibana.',
    size: { w: 24, h: 12 },
    datasource: LOGS,
    targets: [
      {
        refId: 'A',
        datasource: LOGS,
        query: 'service:"$service" AND level:(warn OR error OR fatal)',
        timeField: '@timestamp',
        metrics: [{ id: '1', type: 'raw_data', settings: { size: '200' } }],
        bucketAggs: [],
      },
    ],
    transformations: [{ id: 'filterFieldsByName', options: { include: { names: shown } } }],
    fieldConfig: {
      defaults: { custom: { align: 'auto', filterable: true } },
      overrides: [
        { matcher: { id: 'byName', options: 'trace_id' }, properties: [{ id: 'links', value: LINKS_OF_A_TRACE_ID }] },
      ],
    },
    options: { showHeader: true, cellHeight: 'sm' },
  };
}
