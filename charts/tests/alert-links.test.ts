import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { evaluateTemplate } from '../testing/evaluate-template.ts';
import { prometheusRules } from '../testing/promql-sources.ts';
import { renderChart } from '../testing/render-chart.ts';
import { UMBRELLA } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

const root = fileURLToPath(new URL('../..', import.meta.url));
const alerts = prometheusRules(root).filter(({ alert }) => alert !== undefined);
const exprOf = (name: string) => alerts.find(({ alert }) => alert === name)?.expr ?? '';

/** All that the charts can have, by a name with a part that looks like another. */
const graph = 'my-shop';
const objects: Manifest[] = renderChart({
  chart: UMBRELLA,
  values: {
    graph,
    redis: { enabled: true },
    services: { gateway: { canary: { enabled: true } }, orders: { canary: { enabled: true } } },
    observability: {
      enabled: true,
      prometheus: { extraTargets: { 'kube-state-metrics': 'ksm:8080', 'cert-manager': 'cert-manager:9402' } },
    },
  },
}).objects;
const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind));
const nameOf = ({ metadata }: Manifest): string => metadata.labels['app.kubernetes.io/name'];

/** Those of servers that are no part of the charts, as their own charts call them. */
const OTHERS = ['kube-state-metrics', 'cert-manager-controller'];
const containers = workloads.flatMap(({ spec }) => spec.template.spec.containers.map(({ name }: Manifest) => name));
/** Whose lines Fluentd reads (observability/files/fluentd/containers.conf). */
const withLines = new Set([...containers, ...OTHERS].filter((name) => name !== 'fluentd'));

/** What labels may be, by which alerts name what they are about. */
const { data } = objects.find(({ data }) => data?.['prometheus.yaml'] !== undefined);
const { scrape_configs } = parse(data['prometheus.yaml']);
const services = [...new Set(objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler').map(nameOf))];
const valuesOf: Record<string, string[]> = {
  job: [
    ...workloads.map(nameOf),
    ...scrape_configs
      .map(({ job_name }: Manifest) => job_name)
      .filter((job: string) => !['services', 'observability'].includes(job)),
  ],
  container: containers,
  service: services,
  subgraph: services,
  consumer: services,
};
/** Where only some of them have the metric that an alert rests on. */
const JOBS: Record<string, string[]> = { ConfigurationNotLoaded: ['prometheus', 'alertmanager'] };

/** Containers that an alert's link asks for the lines of, under any label that it depends on. */
function containersAskedFor(name: string): string[] {
  const { annotations } = alerts.find(({ alert }) => alert === name) ?? {};
  const { logs_url: url = '' } = annotations ?? {};
  const about = [...url.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label).find((label) => label in valuesOf);
  const values = about === 'job' ? (JOBS[name] ?? valuesOf.job) : valuesOf[about ?? ''];
  const cases = values?.map((value) => ({ [about ?? '']: value })) ?? [{}];
  return cases.flatMap((each) => {
    const query = decodeURIComponent(evaluateTemplate(url, each));
    return [...query.matchAll(/container_name:"(.*?)"/g)].map(([, container = '']) => container);
  });
}

describe('the link to log lines of an alert', () => {
  it.each([...new Set(alerts.map(({ alert = '' }) => alert))])(
    'asks for containers that there are, and whose lines are read: %s',
    (alert) => {
      expect(containersAskedFor(alert).filter((name) => !withLines.has(name))).toEqual([]);
    },
  );

  it('is there for every job whose pods have lines', () => {
    const url = alerts.find(({ alert }) => alert === 'TargetDown')?.annotations?.logs_url ?? '';
    const linked = (job: string) => evaluateTemplate(url, { job }) !== '';
    expect([...new Set(valuesOf.job)].filter((job) => !linked(job)).sort()).toEqual(['cadvisor', 'fluentd', 'kubelet']);
    expect(containersAskedFor('TargetDown')).toEqual(
      expect.arrayContaining(['collector', 'exporter', 'gateway', ...OTHERS]),
    );
  });
});

describe('an alert on a workload is about', () => {
  /** As the rule replaces it. */
  const serviceOf = (alert: string, name: string): string => {
    const [, pattern = ''] = /"service", "\$1", "\w+", "(\.\+\?-.*?)"\)/.exec(exprOf(alert)) ?? [];
    return new RegExp(`^(?:${pattern})$`).exec(name)?.[1] ?? name;
  };

  it.each(
    objects
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'HorizontalPodAutoscaler'].includes(kind))
      .map((object) => ({ kind: object.kind, name: object.metadata.name, service: nameOf(object) })),
  )('$service: $kind $name', ({ kind, name, service }) => {
    const alert = kind === 'HorizontalPodAutoscaler' ? 'AutoscalerAtMaximum' : 'DeploymentUnavailable';
    expect(serviceOf(alert, name)).toBe(service);
  });

  it.each([
    ['DeploymentUnavailable', 'shop-elasticsearch-es-default', 'elasticsearch'],
    ['DeploymentUnavailable', 'shop-kibana-kb', 'kibana'],
    ['DeploymentUnavailable', 'gateway', 'gateway'],
    ['DeploymentUnavailable', 'preorders', 'preorders'],
    ['AutoscalerAtMaximum', 'keda-hpa-shop-orders', 'orders'],
    ['VolumeFillingUp', 'data-my-shop-postgres-0', 'postgres'],
    ['VolumeFillingUp', 'elasticsearch-data-shop-elasticsearch-es-default-11', 'elasticsearch'],
    ['VolumeFillingUp', 'uploads', 'uploads'],
  ])('%s, %s: %s', (alert, name, service) => {
    expect(serviceOf(alert, name)).toBe(service);
  });
});
