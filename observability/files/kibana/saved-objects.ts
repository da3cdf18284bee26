import { bars, dashboard, dataView, type SavedObject, savedSearch, table } from './saved-object.ts';

/** Names of the data streams: what the set-up of Elasticsearch has made. */
export interface KibanaSettings {
  stream: string;
  rejectedStream: string;
}

/** The data view of lines: links from elsewhere search in it. */
export const DEFAULT_VIEW = 'tributary-lines';
const LINES = DEFAULT_VIEW;
const REJECTED = 'tributary-rejected';
const REQUEST_COLUMNS = [
  'service',
  'level',
  'message',
  'operation',
  'status',
  'outcome',
  'code',
  'duration_ms',
  'trace_id',
];
/** What is wrong on our side: an answer with status 200 may be, too. */
const FAILED = 'outcome: (partial or failure)';
/** Access lines of the gateway: what clients asked. */
const OPERATIONS = 'service: gateway and message: "request" and operation: *';
/** What the users subgraph tells of sign-ins, passwords and roles, whatever clients call their operations. */
const SIGN_INS = 'audit_event: *';

/** What Kibana shows of the lines: data views, saved searches, dashboards. Ids stay: links lead to them. */
export const savedObjects = ({ stream, rejectedStream }: KibanaSettings): SavedObject[] => [
  dataView({ id: LINES, name: 'Log lines', pattern: stream }),
  dataView({ id: REJECTED, name: 'Rejected log lines', pattern: rejectedStream }),

  savedSearch({ id: 'tributary-request', view: LINES, title: 'Lines of a request', columns: REQUEST_COLUMNS }),
  savedSearch({
    id: 'tributary-errors',
    view: LINES,
    title: 'Errors',
    query: `level: (error or fatal) or ${FAILED}`,
    columns: ['service', 'level', 'message', 'operation', 'outcome', 'code', 'err.type', 'err.message', 'request_id'],
  }),
  savedSearch({
    id: 'tributary-slow',
    view: LINES,
    title: 'Slow operations, with their plan',
    query: 'message: "slow operation"',
    columns: ['operation', 'client', 'duration_ms', 'request_id', 'trace_id'],
  }),
  savedSearch({
    id: 'tributary-sign-ins',
    view: LINES,
    title: 'Sign-ins',
    query: SIGN_INS,
    columns: ['audit_event', 'audit_outcome', 'user', 'audit_by', 'client', 'operation', 'session_id', 'request_id'],
  }),
  savedSearch({
    id: 'tributary-unparsed',
    view: LINES,
    title: 'Lines that are no JSON of a service',
    query: 'not format: service',
    columns: ['format', 'kubernetes.pod_name', 'kubernetes.container_name', 'message'],
  }),
  savedSearch({ id: 'tributary-rejected', view: REJECTED, title: 'Rejected lines', columns: ['tag', 'message'] }),

  bars({
    id: 'tributary-errors-over-time',
    view: LINES,
    title: 'Errors',
    query: `level: (error or fatal) or ${FAILED}`,
    split: 'service',
  }),
  table({
    id: 'tributary-errors-by-operation',
    view: LINES,
    title: 'Errors by operation and code',
    query: `${OPERATIONS} and ${FAILED}`,
    rows: ['operation', 'outcome', 'code'],
    metrics: [{ type: 'count' }],
  }),
  table({
    id: 'tributary-refused-by-client',
    view: LINES,
    title: 'Refused, by client and code',
    query: 'service: gateway and message: "request" and outcome: refused',
    rows: ['client', 'code'],
    metrics: [{ type: 'count' }],
  }),
  table({
    id: 'tributary-errors-by-service',
    view: LINES,
    title: 'Errors by service and type',
    query: 'level: (error or fatal)',
    rows: ['service', 'err.type'],
    metrics: [{ type: 'count' }],
  }),
  bars({
    id: 'tributary-slow-over-time',
    view: LINES,
    title: 'Slow operations',
    query: 'message: "slow operation"',
    split: 'operation',
  }),
  table({
    id: 'tributary-slowest-operations',
    view: LINES,
    title: 'Operations by the time to their first answer: percentiles, in ms',
    query: OPERATIONS,
    rows: ['operation'],
    metrics: [
      { type: 'percentiles', params: { field: 'duration_ms', percents: [50, 95, 99] } },
      { type: 'max', params: { field: 'duration_ms' } },
      { type: 'count' },
    ],
  }),
  table({
    id: 'tributary-longest-open',
    view: LINES,
    title: 'What stayed open after its first answer, in ms: subscriptions, connections, deferred answers',
    query: 'service: gateway and open_ms: *',
    rows: ['transport', 'operation', 'ended'],
    metrics: [
      { type: 'count' },
      { type: 'percentiles', params: { field: 'open_ms', percents: [50, 95] } },
      { type: 'max', params: { field: 'open_ms' } },
    ],
  }),
  bars({ id: 'tributary-lines-over-time', view: LINES, title: 'Lines by service', query: '', split: 'service' }),
  bars({ id: 'tributary-sign-ins-over-time', view: LINES, title: 'Sign-ins', query: SIGN_INS, split: 'audit_event' }),
  table({
    id: 'tributary-sign-ins-by-outcome',
    view: LINES,
    title: 'By event, outcome and client',
    query: SIGN_INS,
    rows: ['audit_event', 'audit_outcome', 'client'],
    metrics: [{ type: 'count' }],
  }),

  dashboard('tributary-errors', 'Errors by operation', [
    ['visualization', 'tributary-errors-over-time', 48, 10],
    ['visualization', 'tributary-errors-by-operation', 24, 16],
    ['visualization', 'tributary-errors-by-service', 24, 16],
    ['visualization', 'tributary-refused-by-client', 48, 14],
    ['search', 'tributary-errors', 48, 20],
  ]),
  dashboard('tributary-slow', 'Slow operations', [
    ['visualization', 'tributary-slow-over-time', 48, 10],
    ['visualization', 'tributary-slowest-operations', 48, 16],
    ['visualization', 'tributary-longest-open', 48, 14],
    ['search', 'tributary-slow', 48, 20],
  ]),
  dashboard('tributary-request', 'A request by its id: search for request_id: "…" or trace_id: "…"', [
    ['visualization', 'tributary-lines-over-time', 48, 8],
    ['search', 'tributary-request', 48, 30],
  ]),
  dashboard('tributary-sign-ins', 'Audit of sign-ins', [
    ['visualization', 'tributary-sign-ins-over-time', 24, 14],
    ['visualization', 'tributary-sign-ins-by-outcome', 24, 14],
    ['search', 'tributary-sign-ins', 48, 24],
  ]),
];
