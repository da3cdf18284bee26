import { type MetricDefinition, metricDefinitions } from './definitions.ts';
import { createMetrics } from './metrics.ts';

/** A metric as queries name it. */
export interface ExportedMetric {
  kind: MetricDefinition['kind'];
  /** With `service`, which each series has, and `le` of a histogram's buckets. */
  labels: readonly string[];
  /** Names of the services whose processes export it. */
  services: readonly string[];
}

const SUFFIXES = { _bucket: ['le'], _sum: [], _count: [] } as const;

/**
 * Every metric that processes of the graph export, by the name that a query has (of a histogram those with `_bucket`,
 * `_sum` and `_count`): ours by their definitions, Node's own as this process has them.
 *
 * @param subgraphs names of all of them
 */
export function exportedMetrics(subgraphs: readonly string[]): ReadonlyMap<string, ExportedMetric> {
  const everybody = ['gateway', ...subgraphs];
  const metrics = new Map<string, ExportedMetric>();
  const add = (name: string, { kind, labels, services }: ExportedMetric) => {
    const all = [...new Set([...labels, 'service'])];
    if (kind !== 'histogram') return metrics.set(name, { kind, labels: all, services });
    for (const [suffix, more] of Object.entries(SUFFIXES)) {
      metrics.set(`${name}${suffix}`, { kind, labels: [...all, ...more], services });
    }
  };
  for (const [name, { kind, labels }] of nodeMetrics()) add(name, { kind, labels, services: everybody });
  for (const [name, { kind, labels, exportedBy }] of Object.entries(metricDefinitions)) {
    const services = everybody.filter((service) => isExporter(service, exportedBy));
    add(name, { kind, labels, services });
  }
  return metrics;
}

/** @param exportedBy as a definition has it */
export const isExporter = (service: string, exportedBy: readonly string[]): boolean =>
  exportedBy.includes(service) || (service !== 'gateway' && exportedBy.includes('subgraphs'));

function* nodeMetrics(): Generator<[name: string, Pick<ExportedMetric, 'kind' | 'labels'>]> {
  for (const metric of createMetrics({ service: 'any' }).registry.getMetricsAsArray()) {
    const { type, labelNames = [] } = metric as unknown as { type: ExportedMetric['kind']; labelNames?: string[] };
    yield [metric.name, { kind: type, labels: labelNames }];
  }
}
