import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderChart } from '../testing/render-chart.ts';
import { workloadsOf } from '../testing/spec-rules/workload.ts';
import { exampleFile, OBSERVABILITY, UMBRELLA } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

const render = (values: object = {}): Manifest[] => renderChart({ chart: OBSERVABILITY, values }).objects;
const umbrella = (values: object, valuesFiles: string[] = []): Manifest[] =>
  renderChart({ chart: UMBRELLA, values, valuesFiles }).objects;
const find = (objects: Manifest[], kind: string, name: string): Manifest =>
  objects.find((object) => object.kind === kind && object.metadata.name === `tributary-${name}`);
const configOf = (objects: Manifest[], name: string, file = 'config.yaml') =>
  parse(find(objects, 'ConfigMap', name).data[file]);

describe('each workload', () => {
  const workloads = workloadsOf(render()).filter(({ serves }) => serves);

  it('is probed in three ways', () => {
    const without = workloads.flatMap(({ object, pod }) =>
      pod.containers
        .filter(
          (each: Manifest) =>
            !['startupProbe', 'readinessProbe', 'livenessProbe'].every((probe) => each[probe] !== undefined),
        )
        .map((each: Manifest) => `${object.metadata.name}/${each.name}`),
    );
    expect(workloads.length).toBeGreaterThan(8);
    expect(without).toEqual([]);
  });

  it('has no sidecar, and no other pod’s policy: one selects it', () => {
    const policies = render().filter(({ kind }) => kind === 'NetworkPolicy');
    for (const { object, labels } of workloads) {
      expect(labels['sidecar.istio.io/inject'], object.metadata.name).toBe('false');
      const own = policies.filter(
        ({ spec }) => spec.podSelector.matchLabels['app.kubernetes.io/name'] === labels['app.kubernetes.io/name'],
      );
      expect(own, object.metadata.name).toHaveLength(1);
      expect(own[0].spec.policyTypes).toEqual(['Ingress', 'Egress']);
    }
  });
});

describe('the collector', () => {
  it('takes spans at the node of the pod, and hands those of a trace to one gateway', () => {
    const objects = render();
    expect(find(objects, 'Service', 'collector').spec).toMatchObject({
      internalTrafficPolicy: 'Local',
      selector: { 'app.kubernetes.io/name': 'collector-agent' },
    });
    const { exporters, processors } = configOf(objects, 'collector-agent');
    const gateways = find(objects, 'Service', 'collector-gateway');
    const one = configOf(render({ collector: { gateway: { replicas: 1 } } }), 'collector-agent');
    expect(one.exporters['otlp_grpc/gateway'].endpoint).toBe('tributary-collector-gateway.shop.svc:4317');
    expect(exporters.load_balancing).toMatchObject({
      routing_key: 'traceID',
      resolver: { dns: { hostname: 'tributary-collector-gateway.shop.svc', port: '4317' } },
    });
    expect(gateways.spec.clusterIP).toBe('None');
    expect(processors.k8s_attributes.filter).toEqual({ node_from_env_var: 'K8S_NODE_NAME', namespace: 'shop' });
  });

  it('may ask for pods of the graph’s namespace, and for nothing else', () => {
    const roles = render({ graphNamespace: 'store' }).filter(({ metadata }) =>
      metadata.name.startsWith('tributary-collector'),
    );
    const role = roles.find(({ kind }) => kind === 'Role');
    expect(role.metadata.namespace).toBe('store');
    expect(role.rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'watch', 'list'] }]);
    expect(roles.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
  });

  it('limits its memory before all else, and counts spans before it drops traces', () => {
    const objects = render({ collector: { tailSampling: { slowerThanMs: 250, percentage: 5 } } });
    for (const name of ['collector-agent', 'collector-gateway']) {
      const { pipelines } = configOf(objects, name).service;
      for (const { receivers, processors } of Object.values(pipelines) as Manifest[]) {
        if (receivers.includes('otlp')) expect(processors[0], name).toBe('memory_limiter');
      }
    }
    const { service, processors } = configOf(objects, 'collector-gateway');
    expect(service.pipelines['traces/counted'].processors).not.toContain('tail_sampling');
    expect(processors.tail_sampling.policies).toEqual([
      { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
      { name: 'slow', type: 'latency', latency: { threshold_ms: 250 } },
      { name: 'share', type: 'probabilistic', probabilistic: { sampling_percentage: 5 } },
    ]);
  });

  it('names only components that its pipelines use', () => {
    const configs = [1, 2].flatMap((replicas) =>
      ['collector-agent', 'collector-gateway'].map((name) =>
        configOf(render({ collector: { gateway: { replicas } } }), name),
      ),
    );
    for (const { service, ...declared } of configs) {
      const used = JSON.stringify(service);
      for (const part of ['receivers', 'processors', 'exporters', 'connectors', 'extensions']) {
        for (const component of Object.keys(declared[part] ?? {})) expect(used).toContain(`"${component}"`);
      }
    }
  });
});

describe('Jaeger', () => {
  it('keeps traces in an index a day, and deletes those of days gone by', () => {
    const objects = render({ jaeger: { retentionDays: 14 } });
    const { elasticsearch } = configOf(objects, 'jaeger').extensions.jaeger_storage.backends.traces;
    expect(elasticsearch).toMatchObject({
      server_urls: ['http://tributary-elasticsearch.shop.svc:9200'],
      indices: { index_prefix: 'tributary', spans: { replicas: 0 } },
    });
    const [jaeger] = find(objects, 'Deployment', 'jaeger').spec.template.spec.containers;
    expect(jaeger.env[0]).toEqual({ name: 'ES_USERNAME', value: 'tributary_traces' });
    const [cleaner] = find(objects, 'CronJob', 'jaeger-cleaner').spec.jobTemplate.spec.template.spec.containers;
    expect(cleaner.args).toEqual(['14', 'http://tributary-elasticsearch.shop.svc:9200', '--es.index-prefix=tributary']);
  });

  it('trusts the authority of ECK’s Elasticsearch', () => {
    const objects = render({ elasticsearch: { mode: 'eck' } });
    const { elasticsearch } = configOf(objects, 'jaeger').extensions.jaeger_storage.backends.traces;
    const [container] = find(objects, 'Deployment', 'jaeger').spec.template.spec.containers;
    const folder = container.volumeMounts.find(({ name }: Manifest) => name === 'elasticsearch-ca').mountPath;
    expect(elasticsearch.tls.ca_file).toBe(`${folder}/ca.crt`);
  });

  it('leads from a trace to its log lines', () => {
    const ui = (values: object) => configOf(render(values), 'jaeger', 'ui.json');
    const [pattern] = ui({ kibana: { publicUrl: 'https://logs.example.com' } }).linkPatterns;
    expect(pattern.url).toMatch(/^https:\/\/logs\.example\.com\/app\/discover#.*trace_id:"#\{traceID\}"/);
    expect(ui({ kibana: { enabled: false } })).toEqual({});
  });
});

describe('Alertmanager', () => {
  const argsOf = (objects: Manifest[]): string[] =>
    find(objects, 'StatefulSet', 'alertmanager').spec.template.spec.containers[0].args;

  it('is one cluster of all replicas, or none of one', () => {
    const peers = (values: object) => argsOf(render(values)).filter((each) => each.startsWith('--cluster'));
    expect(peers({})).toEqual([
      '--cluster.listen-address=$(POD_IP):9094',
      '--cluster.peer=tributary-alertmanager-0.tributary-alertmanager.shop.svc:9094',
      '--cluster.peer=tributary-alertmanager-1.tributary-alertmanager.shop.svc:9094',
    ]);
    expect(peers({ alertmanager: { replicas: 1 } })).toEqual(['--cluster.listen-address=']);
  });

  it('finds its files where its configuration says they are', () => {
    const objects = render({ alertmanager: { existingSecret: 'receivers' } });
    const config = find(objects, 'Secret', 'alertmanager').stringData['alertmanager.yaml'];
    const [container] = find(objects, 'StatefulSet', 'alertmanager').spec.template.spec.containers;
    const mounted = container.volumeMounts.map(({ mountPath }: Manifest) => mountPath);
    expect(mounted).toContain('/etc/alertmanager/receivers');
    expect(mounted).toContain('/etc/alertmanager/notification.tmpl');
    const files = [...config.matchAll(/_file: (\S+)\/[^/\s]+/g)].map(([, folder]) => folder);
    expect(new Set(files)).toEqual(new Set(['/etc/alertmanager/receivers']));
    expect(config).toContain('/etc/alertmanager/*.tmpl');
  });

  it('is told where an operator puts them, where the Alertmanager is another', () => {
    const values = { alertmanager: { mode: 'existing', url: 'http://a:9093', existingSecret: 'receivers' } };
    const config = find(render(values), 'Secret', 'alertmanager').stringData['alertmanager.yaml'];
    expect(config).toContain('/etc/alertmanager/secrets/receivers/');
    expect(config).toContain('/etc/alertmanager/config/*.tmpl');
    expect(config).not.toMatch(/\/etc\/alertmanager\/(receivers|\*)/);
  });

  it('leads to where browsers reach things', () => {
    const urls = find(render({ grafana: { publicUrl: 'https://grafana.example.com/' } }), 'Secret', 'alertmanager')
      .stringData['urls.tmpl'];
    expect(urls).toContain('{{ define "tributary.grafana" }}https://grafana.example.com{{ end }}');
  });
});

describe('the umbrella with observability', () => {
  const on = (more: object = {}) => ({ observability: { enabled: true, ...more } });
  const services = ['gateway', 'inventory', 'notifications', 'orders', 'payments', 'users'];

  it('sends the spans of every service to its collector', () => {
    const objects = umbrella(on());
    for (const service of services) {
      expect(configOf(objects, service).tracing, service).toEqual({
        enabled: true,
        endpoint: 'http://tributary-collector:4318',
      });
    }
    const { ports } = find(objects, 'Service', 'collector').spec;
    expect(ports.map(({ port }: Manifest) => port)).toContain(4318);
  });

  it('sends them to another one where that is there, and is silent without any', () => {
    const existing = umbrella(on({ collector: { mode: 'existing', url: 'http://otel.tracing:4318' } }));
    expect(configOf(existing, 'users').tracing.endpoint).toBe('http://otel.tracing:4318');
    expect(configOf(umbrella(on({ collector: { enabled: false } })), 'users').tracing).toBeUndefined();
  });

  it('leaves the last word to the values of a service', () => {
    const objects = umbrella({ ...on(), services: { users: { tracing: { enabled: false } } } });
    expect(configOf(objects, 'users').tracing).toBeUndefined();
    expect(configOf(objects, 'orders').tracing).toBeDefined();
  });

  it('tells the mesh of its collector', () => {
    const objects = umbrella({ ...on(), istio: { enabled: true } });
    const sidecars = objects.filter(({ kind }) => kind === 'Sidecar');
    expect(sidecars.length).toBeGreaterThan(5);
    for (const { spec } of sidecars)
      expect(spec.egress[0].hosts).toContain('*/tributary-collector.shop.svc.cluster.local');
  });

  it('makes monitors for an operator’s Prometheus, with the labels that it selects', () => {
    const objects = umbrella({}, [exampleFile('production'), exampleFile('observability-existing')]);
    const monitors = objects.filter(({ kind }) => kind === 'PodMonitor' || kind === 'PrometheusRule');
    expect(monitors.length).toBeGreaterThan(services.length);
    for (const { metadata } of monitors) expect(metadata.labels.release, metadata.name).toBe('kube-prometheus-stack');
    expect(objects.filter(({ metadata }) => /-(prometheus|grafana)$/.test(metadata.name))).toEqual([]);
  });

  it('asks its own Prometheus for what KEDA scales by', () => {
    const objects = umbrella({ ...on(), defaults: { autoscaling: { metrics: 'keda' } } });
    const { triggers } = find(objects, 'ScaledObject', 'users').spec;
    const prometheus = triggers.find(({ type }: Manifest) => type === 'prometheus');
    expect(prometheus.metadata.serverAddress).toBe('http://tributary-prometheus.shop:9090');
  });

  it('tells in its notes how to reach Grafana, and that nobody is told of alerts', () => {
    const notes = (values: object) => renderChart({ chart: UMBRELLA, values }).notes;
    expect(notes(on())).toContain('kubectl -n shop port-forward service/tributary-grafana 3000:80');
    expect(notes(on())).toContain('! observability.alertmanager.existingSecret is not set');
    expect(notes({})).not.toContain('grafana');
    expect(notes(on({ alertmanager: { existingSecret: 'receivers' } }))).not.toContain('nobody is told');
  });
});
