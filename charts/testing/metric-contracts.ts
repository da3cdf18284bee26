import { exportedMetrics, metricDefinitions } from '../../packages/service-kit/src/index.ts';
import type { PrometheusRule } from '../rules/rule.ts';
import { foreignMetrics } from './foreign-metrics.ts';
import { checkPromql, type MetricContract } from './promql.ts';

/** What Prometheus adds to every series that it scrapes on Kubernetes: observability/'s configuration, and the operator's. */
const TARGET_LABELS = ['namespace', 'pod', 'job', 'instance'];

/**
 * What is known of a metric by its name: what the services export (`exportedMetrics`), what the named
 * exporters do (`foreignMetrics`), and what the recording rules make of them.
 */
export function metricContracts(rules: readonly PrometheusRule[], subgraphs: readonly string[]): ContractOf {
  const known = new Map<string, MetricContract>([...ownMetrics(subgraphs), ...otherMetrics()]);
  const recorded = Map.groupBy(rules, ({ record }) => record ?? '');
  const asked = new Set<string>();

  function contractOf(metric: string): MetricContract | undefined {
    const contract = known.get(metric);
    const definitions = recorded.get(metric);
    if (contract !== undefined || definitions === undefined || asked.has(metric)) return contract;
    // A rule that rests on itself rests on nothing.
    asked.add(metric);
    known.set(metric, recordedBy(definitions, contractOf));
    asked.delete(metric);
    return known.get(metric);
  }
  return contractOf;
}

type ContractOf = (metric: string) => MetricContract | undefined;

/** Of several rules with one name the labels that all of them give: the others' series lack the rest. */
function recordedBy(rules: readonly PrometheusRule[], contractOf: ContractOf): MetricContract {
  const each = rules.map(({ expr, labels = {} }) => {
    const { result, metrics, rewritten } = checkPromql(expr, contractOf);
    const names = new Set([...Object.keys(labels), ...(typeof result === 'string' ? [] : result)]);
    const contracts = [...metrics].map(contractOf);
    const valuesOf = (label: string) => {
      if (labels[label] !== undefined) return new Set([labels[label]]);
      return rewritten.has(label) ? undefined : inheritedValues(label, contracts);
    };
    return { names, valuesOf };
  });
  const labels = each.map(({ names }) => names).reduce((one, other) => one.intersection(other));
  const values = new Map<string, ReadonlySet<string>>();
  for (const label of labels) {
    const known = each.map(({ valuesOf }) => valuesOf(label)).filter((some) => some !== undefined);
    if (known.length === each.length) values.set(label, new Set(known.flatMap((some) => [...some])));
  }
  return { labels, kind: 'gauge', values };
}

/** What a label can be that comes from these metrics; nothing where one of them may have any value. */
function inheritedValues(label: string, contracts: readonly (MetricContract | undefined)[]): Set<string> | undefined {
  const having = contracts.filter((contract) => contract?.labels.has(label));
  const known = having.flatMap((contract) => contract?.values?.get(label) ?? []);
  if (known.length === 0 || known.length < having.length) return undefined;
  return new Set(known.flatMap((values) => [...values]));
}

/** Of the services. Of a label `service` that a metric uses for something else, the values are not known. */
const ownMetrics = (subgraphs: readonly string[]) =>
  [...exportedMetrics(subgraphs)].map(([name, { kind, labels, services }]): [string, MetricContract] => {
    const defined = (metricDefinitions as Record<string, { labels: readonly string[] }>)[name]?.labels ?? [];
    const values = new Map(defined.includes('service') ? [] : [['service', new Set(services)]]);
    // What a histogram's names end on are counters.
    const shape = kind === 'histogram' ? 'counter' : kind;
    return [name, { kind: shape, labels: new Set([...TARGET_LABELS, ...labels]), values }];
  });

const otherMetrics = () =>
  Object.entries(foreignMetrics).map(([name, { labels }]): [string, MetricContract] => [
    name,
    { labels: new Set([...TARGET_LABELS, ...labels]) },
  ]);
