import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';
import { renderChart } from '../testing/render-chart.ts';
import { OBSERVABILITY } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

const render = (values: object = {}): Manifest[] => renderChart({ chart: OBSERVABILITY, values }).objects;
const find = (objects: Manifest[], kind: string, name: string): Manifest =>
  objects.find((object) => object.kind === kind && object.metadata.name === `tributary-${name}`);
const prometheusOf = (values: object = {}): Manifest =>
  parse(find(render(values), 'ConfigMap', 'prometheus').data['prometheus.yaml']);
const jobOf = (values: object, name: string): Manifest =>
  prometheusOf(values).scrape_configs.find(({ job_name }: Manifest) => job_name === name);

/** What relabelling makes of a target, as far as these configurations use it; undefined when it is dropped. */
function relabelled({ relabel_configs }: Manifest, meta: Record<string, string>): Record<string, string> | undefined {
  const labels: Record<string, string> = { ...meta };
  for (const {
    source_labels = [],
    regex = '(.*)',
    action = 'replace',
    target_label,
    replacement = '$1',
  } of relabel_configs) {
    const value = source_labels.map((label: string) => labels[label] ?? '').join(';');
    const match = new RegExp(`^(?:${regex})$`).exec(value);
    if ((action === 'keep') === (match === null) && action !== 'replace') return undefined;
    if (action === 'replace' && match) {
      labels[target_label] = replacement.replaceAll(
        /\$(\d)/g,
        (_: string, group: string) => match[Number(group)] ?? '',
      );
    }
  }
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !label.startsWith('__meta')));
}

const pod = (port: string, more: Record<string, string> = {}) => ({
  __address__: '10.0.0.7:9400',
  __meta_kubernetes_namespace: 'shop',
  __meta_kubernetes_pod_name: 'tributary-users-1-a',
  __meta_kubernetes_pod_node_name: 'node-1',
  __meta_kubernetes_pod_ip: '10.0.0.7',
  __meta_kubernetes_pod_phase: 'Running',
  __meta_kubernetes_pod_container_name: 'users',
  __meta_kubernetes_pod_container_port_name: port,
  __meta_kubernetes_pod_label_app_kubernetes_io_name: 'users',
  __meta_kubernetes_pod_label_app_kubernetes_io_part_of: 'tributary',
  __meta_kubernetes_pod_label_version: 'v2',
  ...more,
});

describe('Prometheus reads', () => {
  it('each pod of a service once, at its admin port, under the name of the service', () => {
    const services = jobOf({}, 'services');
    expect(relabelled(services, pod('http'))).toBeUndefined();
    expect(relabelled(services, pod('admin', { __meta_kubernetes_pod_phase: 'Succeeded' }))).toBeUndefined();
    expect(relabelled(services, pod('admin'))).toEqual({
      __address__: '10.0.0.7:9400',
      job: 'users',
      namespace: 'shop',
      pod: 'tributary-users-1-a',
      container: 'users',
      node: 'node-1',
      app_kubernetes_io_name: 'users',
      app_kubernetes_io_part_of: 'tributary',
      version: 'v2',
    });
  });

  it('in the mesh, its sidecar', () => {
    const services = jobOf({ mesh: true }, 'services');
    expect(services.metrics_path).toBe('/stats/prometheus');
    expect(relabelled(services, pod('admin'))?.__address__).toBe('10.0.0.7:15020');
    const six = pod('admin', { __meta_kubernetes_pod_ip: 'fd00::7' });
    expect(relabelled(services, six)?.__address__).toBe('[fd00::7]:15020');
  });

  it('the graph’s namespace, and its own for this chart’s pods', () => {
    const namespaces = (name: string) =>
      jobOf({ graphNamespace: 'store' }, name).kubernetes_sd_configs[0].namespaces.names;
    expect(namespaces('services')).toEqual(['store']);
    expect(namespaces('observability')).toEqual(['shop']);
  });

  it('every port of this chart’s pods that has metrics, and its NetworkPolicy allows each', () => {
    const objects = render();
    const allowed = find(objects, 'NetworkPolicy', 'prometheus').spec.egress.flatMap(({ to = [], ports }: Manifest) =>
      to.map(({ podSelector }: Manifest) => `${podSelector?.matchLabels['app.kubernetes.io/name']}:${ports[0].port}`),
    );
    const read = jobOf({}, 'observability');
    const found = objects
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind))
      .flatMap(({ spec: { template } }) =>
        template.spec.containers
          .flatMap(({ ports = [] }: Manifest) => ports)
          .filter(({ name }: Manifest) => relabelled(read, pod(name)) !== undefined)
          .map(
            ({ containerPort }: Manifest) => `${template.metadata.labels['app.kubernetes.io/name']}:${containerPort}`,
          ),
      );
    expect(found.length).toBeGreaterThan(7);
    // It reads itself without leaving the pod.
    expect(found.filter((each) => !allowed.includes(each))).toEqual(['prometheus:9090']);
  });

  it('of kube-state-metrics and the like what is of its namespaces, or of none', () => {
    const extraTargets = { 'kube-state-metrics': 'ksm.kube-system:8080' };
    const kept = (values: object) => {
      const { metric_relabel_configs } = jobOf({ prometheus: { extraTargets }, ...values }, 'kube-state-metrics');
      const isKept = (namespace: string) =>
        relabelled({ relabel_configs: metric_relabel_configs }, { namespace }) !== undefined;
      return ['', 'shop', 'store', 'gate', 'shop-of-others'].filter(isKept);
    };
    expect(kept({})).toEqual(['', 'shop']);
    expect(kept({ graphNamespace: 'store', ingressNamespace: 'gate' })).toEqual(['', 'shop', 'store', 'gate']);
  });

  it('kubelets where the values say so, and what they name besides', () => {
    const jobs = (values: object) => prometheusOf(values).scrape_configs.map(({ job_name }: Manifest) => job_name);
    expect(jobs({})).toEqual(['services', 'observability', 'cadvisor', 'kubelet']);
    const extraTargets = { 'kube-state-metrics': 'ksm.kube-system:8080' };
    const values = { prometheus: { nodeMetrics: false, extraTargets } };
    expect(jobs(values)).toEqual(['services', 'observability', 'kube-state-metrics']);
    expect(render(values).filter(({ kind }) => kind.startsWith('ClusterRole'))).toHaveLength(
      render({ prometheus: { enabled: false } }).filter(({ kind }) => kind.startsWith('ClusterRole')).length,
    );
  });
});

describe('Prometheus', () => {
  const rulesOf = (objects: Manifest[]) => Object.entries(find(objects, 'ConfigMap', 'prometheus-rules').data);

  it('is told of the graph’s namespace, its own and the ingress’s, and no other', () => {
    const values = { graphNamespace: 'store', ingressNamespace: 'gate' };
    const texts = rulesOf(render(values)).map(([, text]) => text as string);
    const matchers = texts.flatMap((text) => [...text.matchAll(/namespace=~.*?"(.*?)"/g)].map(([, value]) => value));
    expect(matchers.length).toBeGreaterThan(20);
    expect([...new Set(matchers)]).toEqual(['|store|shop|gate']);
  });

  it('has the same rules as an operator would have', () => {
    const bundled = rulesOf(render()).map(([file, text]) => [
      file.replace(/\.yaml$/, ''),
      parse(text as string).groups,
    ]);
    const existing = { prometheus: { mode: 'existing', url: 'http://p:9090' } };
    const objects = render(existing).filter(({ kind }) => kind === 'PrometheusRule');
    expect(bundled.length).toBeGreaterThan(3);
    expect(objects.map(({ metadata, spec }) => [metadata.name.replace(/^tributary-/, ''), spec.groups])).toEqual(
      bundled,
    );
    expect(find(render(existing), 'StatefulSet', 'prometheus')).toBeUndefined();
  });

  it('keeps exemplars, and reads changed rules by itself', () => {
    const [container] = find(render(), 'StatefulSet', 'prometheus').spec.template.spec.containers;
    expect(container.args).toContain('--enable-feature=exemplar-storage,auto-reload-config');
    expect(container.args).toContain('--storage.tsdb.retention.time=15d');
    expect(container.args).toContain('--storage.tsdb.retention.size=16GB');
  });

  it('tells each Alertmanager of the chart, or the one that is there', () => {
    const alertmanagers = (alertmanager: object) => prometheusOf({ alertmanager }).alerting?.alertmanagers[0];
    expect(alertmanagers({}).dns_sd_configs[0].names).toEqual(['tributary-alertmanager.shop.svc']);
    expect(alertmanagers({ mode: 'existing', url: 'https://alerts.example.com/am', existingSecret: 'r' })).toEqual({
      scheme: 'https',
      path_prefix: '/am',
      static_configs: [{ targets: ['alerts.example.com'] }],
    });
    expect(alertmanagers({ enabled: false })).toBeUndefined();
  });
});

describe.skipIf(findPrometheusTool('promtool') === undefined)('promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-prometheus-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const check = (config: object) => {
    const file = join(folder, 'prometheus.yaml');
    writeFileSync(file, stringify(config));
    const { status, stdout, stderr } = spawnSync(
      findPrometheusTool('promtool') ?? '',
      ['check', 'config', '--syntax-only', file],
      { encoding: 'utf8' },
    );
    return { status, output: `${stdout}${stderr}` };
  };
  /** Debian's promtool is built without Kubernetes' discovery: it checks all but that. */
  const withoutDiscovery = (config: Manifest) => ({
    ...config,
    scrape_configs: config.scrape_configs.map(({ kubernetes_sd_configs: _, ...job }: Manifest) => job),
  });

  it.each<[string, object]>([
    ['as it is', {}],
    ['in the mesh', { mesh: true, graphNamespace: 'store' }],
    [
      'with what else there is',
      {
        prometheus: { extraTargets: { 'kube-state-metrics': 'ksm.kube-system:8080' } },
        alertmanager: { mode: 'existing', url: 'https://alerts.example.com/am', existingSecret: 'r' },
      },
    ],
  ])('accepts the configuration %s', (_, values) => {
    expect(check(withoutDiscovery(prometheusOf(values)))).toMatchObject({ status: 0 });
  });

  it('would not accept another', () => {
    const config = withoutDiscovery(prometheusOf());
    config.scrape_configs[0].relabel_configs[0].action = 'keeep';
    expect(check(config).output).toContain('unknown relabel action');
  });
});
