import type { MetricsHistory } from './metrics-history.ts';
import { type Labels, type Point, Readings } from './readings.ts';

export interface MetricRow {
  /** As they are shown; the first names the row. */
  cells: string[];
  /** The course of what the first number says, over the last minutes. */
  course: Point[];
  isBad: boolean;
}

export interface MetricTable {
  title: string;
  columns: string[];
  rows: MetricRow[];
}

export interface MetricsView {
  /** Rates, shares and quantiles are those of so many seconds. */
  windowSeconds: number;
  tables: MetricTable[];
  /** The text that each service exports. */
  sources: { name: string; href: string; isSilent: boolean }[];
}

const METRICS = new Set([
  'graphql_operations_total',
  'graphql_operation_duration_seconds_bucket',
  'graphql_subgraph_fetch_duration_seconds_bucket',
  'graphql_subgraph_fetch_duration_seconds_count',
  'graphql_subgraph_fetches_shared_total',
  'orders_total',
  'payments_total',
  'payments_captured_minor_units_total',
  'payments_refunded_minor_units_total',
  'stock_reservations_total',
  'stock_outs_total',
  'notifications_total',
  'outbox_pending',
  'outbox_lag_seconds',
  'events_consumed_total',
  'events_dead_letters',
  'external_service_up',
  'nodejs_eventloop_utilization',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_heap_size_used_bytes',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
]);

/** Of all metrics, those that the tables are made of. */
export const isShownMetric = (name: string): boolean => METRICS.has(name);

export function metricsView({ scrapes, services, silent }: MetricsHistory): MetricsView {
  const readings = new Readings(scrapes);
  const tables = [
    servicesTable(
      readings,
      services.map(({ name }) => name),
    ),
    operationsTable(readings),
    fetchesTable(readings),
    businessTable(readings),
    outboxTable(readings),
    consumersTable(readings),
    processTable(readings),
  ];
  return {
    windowSeconds: Math.round(readings.windowSeconds),
    tables: tables.filter(({ rows }) => rows.length > 0),
    sources: services.map(({ name, adminUrl }) => ({
      name,
      href: `${adminUrl}/metrics`,
      isSilent: silent.includes(name),
    })),
  };
}

const OPERATIONS = 'graphql_operations_total';
const OPERATION_SECONDS = 'graphql_operation_duration_seconds';
const isFailure = (outcome: string) => outcome === 'partial' || outcome === 'failure';

function servicesTable(readings: Readings, services: readonly string[]): MetricTable {
  const rows = services.map((service) => {
    const failed = readings.grown(OPERATIONS, { service, outcome: isFailure });
    const refused = readings.grown(OPERATIONS, { service, outcome: 'refused' });
    const all = readings.grown(OPERATIONS, { service });
    return {
      cells: [
        service,
        rate(readings.perSecond(OPERATIONS, { service })),
        share(failed, all),
        share(refused, all),
        ...quantiles(readings, OPERATION_SECONDS, { service }),
      ],
      course: readings.courseOfRate(OPERATIONS, { service }),
      isBad: failed > 0,
    };
  });
  return { title: 'Operations by service', columns: ['Service', 'Per s', 'Failed', 'Refused', 'p50', 'p95'], rows };
}

const MAX_OPERATIONS = 20;

function operationsTable(readings: Readings): MetricTable {
  const service = 'gateway';
  const operations = readings
    .valuesOf(OPERATIONS, 'operation', { service })
    .map((operation) => ({ operation, count: readings.now(OPERATIONS, { service, operation }) }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_OPERATIONS);
  const rows = operations.map(({ operation, count }) => {
    const where = { service, operation };
    const failed = readings.now(OPERATIONS, { ...where, outcome: isFailure });
    const rejected = readings.now(OPERATIONS, { ...where, outcome: 'refused' });
    return {
      cells: [
        operation,
        rate(readings.perSecond(OPERATIONS, where)),
        ...[count, failed, rejected].map(whole),
        ...quantiles(readings, OPERATION_SECONDS, where),
      ],
      course: readings.courseOfRate(OPERATIONS, where),
      isBad: failed > 0,
    };
  });
  const columns = ['Operation', 'Per s', 'Total', 'Failed', 'Refused', 'p50', 'p95'];
  return { title: 'Operations at the gateway', columns, rows };
}

function fetchesTable(readings: Readings): MetricTable {
  const metric = 'graphql_subgraph_fetch_duration_seconds';
  const rows = readings.valuesOf(`${metric}_count`, 'subgraph').map((subgraph) => {
    const bad = readings.grown(`${metric}_count`, { subgraph, outcome: (outcome) => outcome !== 'ok' });
    return {
      cells: [
        subgraph,
        rate(readings.perSecond(`${metric}_count`, { subgraph })),
        share(bad, readings.grown(`${metric}_count`, { subgraph })),
        whole(readings.now('graphql_subgraph_fetches_shared_total', { subgraph })),
        ...quantiles(readings, metric, { subgraph }),
      ],
      course: readings.courseOfRate(`${metric}_count`, { subgraph }),
      isBad: bad > 0,
    };
  });
  const columns = ['Subgraph', 'Per s', 'Not ok', 'Shared', 'p50', 'p95'];
  return { title: 'Fetches of the gateway', columns, rows };
}

/** What each counter counts, and the labels that tell its rows apart. */
const BUSINESS = [
  { name: 'orders_total', what: 'Orders', labels: ['status'] },
  { name: 'payments_total', what: 'Payments', labels: ['outcome'] },
  { name: 'payments_captured_minor_units_total', what: 'Captured', labels: ['currency'] },
  { name: 'payments_refunded_minor_units_total', what: 'Refunded', labels: ['currency'] },
  { name: 'stock_reservations_total', what: 'Reservations', labels: ['outcome'] },
  { name: 'stock_outs_total', what: 'Stock-outs', labels: [] },
  { name: 'notifications_total', what: 'Notifications', labels: ['channel', 'outcome'] },
] as const;

function businessTable(readings: Readings): MetricTable {
  const rows = BUSINESS.flatMap(({ name, what, labels }) => {
    if (!readings.has(name)) return [];
    return combinations(readings, name, labels).map((where) => {
      const words = Object.values(where);
      const show = 'currency' in where ? money(where.currency ?? '') : whole;
      return {
        cells: [[what, ...words].join(' · '), show(readings.now(name, where)), show(readings.grown(name, where))],
        course: readings.courseOfRate(name, where),
        isBad: words.some((word) => /fail|declin|error/i.test(word)) && readings.grown(name, where) > 0,
      };
    });
  });
  return { title: 'Orders and money', columns: ['What', 'Since start', 'Last minute'], rows };
}

/** Every combination of the labels' values that has happened. Without labels there is one, whatever it counts. */
function combinations(readings: Readings, name: string, labels: readonly string[]): Record<string, string>[] {
  return labels.reduce<Record<string, string>[]>(
    (found, label) =>
      found
        .flatMap((where) => readings.valuesOf(name, label, where).map((value) => ({ ...where, [label]: value })))
        .filter((where) => readings.now(name, where) > 0),
    [{}],
  );
}

function outboxTable(readings: Readings): MetricTable {
  const rows = readings.valuesOf('outbox_pending', 'service').map((service) => {
    const lag = readings.now('outbox_lag_seconds', { service });
    return {
      cells: [service, whole(readings.now('outbox_pending', { service })), seconds(lag)],
      course: readings.course('outbox_pending', { service }),
      isBad: lag > 10,
    };
  });
  return { title: 'Outbox', columns: ['Service', 'Pending', 'Oldest waits'], rows };
}

const OUTCOMES = ['handled', 'repeated', 'failed', 'dead_lettered'];

function consumersTable(readings: Readings): MetricTable {
  const metric = 'events_consumed_total';
  const rows = readings.valuesOf(metric, 'consumer').map((consumer) => {
    const counts = OUTCOMES.map((outcome) => readings.now(metric, { consumer, outcome }));
    const dead = readings.now('events_dead_letters', { consumer });
    return {
      cells: [consumer, rate(readings.perSecond(metric, { consumer })), ...counts.map(whole), whole(dead)],
      course: readings.courseOfRate(metric, { consumer }),
      isBad: dead > 0,
    };
  });
  const columns = ['Consumer', 'Per s', 'Handled', 'Repeated', 'Failed', 'Given up', 'Dead letters'];
  return { title: 'Consumers', columns, rows };
}

function processTable(readings: Readings): MetricTable {
  const gauges: [string, string, (value: number) => string, (value: number) => boolean][] = [
    ['Event loop busy', 'nodejs_eventloop_utilization', percent, (value) => value > 0.9],
    ['Event loop lag, p99', 'nodejs_eventloop_lag_p99_seconds', seconds, (value) => value > 0.5],
    ['Heap used', 'nodejs_heap_size_used_bytes', mebibytes, () => false],
    ['Resident memory', 'process_resident_memory_bytes', mebibytes, () => false],
  ];
  const cpu = 'process_cpu_seconds_total';
  const rows = gauges
    .filter(([, name]) => readings.has(name))
    .map(([what, name, show, isBad]) => ({
      cells: [what, show(readings.now(name))],
      course: readings.course(name),
      isBad: isBad(readings.now(name)),
    }));
  if (readings.has(cpu)) {
    const cells = ['CPU, of one core', percent(readings.perSecond(cpu))];
    rows.push({ cells, course: readings.courseOfRate(cpu), isBad: false });
  }
  return { title: 'This process', columns: ['What', 'Now'], rows };
}

const NOTHING = '–';
const quantiles = (readings: Readings, name: string, where: Labels) =>
  [0.5, 0.95]
    .map((each) => readings.quantile(each, name, where))
    .map((value) => (value === undefined ? NOTHING : seconds(value)));
const whole = (value: number) => Math.round(value).toLocaleString('en');
const rate = (value: number) => value.toFixed(value > 0 && value < 10 ? 2 : 0);
const share = (part: number, all: number) => (all === 0 ? NOTHING : percent(part / all));
const percent = (value: number) => `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024).toLocaleString('en')} MiB`;
const seconds = (value: number) => {
  if (value >= 1) return `${value.toFixed(1)} s`;
  return value === 0 ? '0' : `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms`;
};

function money(currency: string): (minorUnits: number) => string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return (minorUnits) => format.format(minorUnits / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}
