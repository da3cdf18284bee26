import { describe, expect, it } from 'vitest';
import { renderChart } from '../testing/render-chart.ts';
import { SERVICE } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

function render(values: object): Manifest[] {
  return renderChart({ chart: SERVICE, values: { name: 'reviews', ...values }, namespace: 'shop' }).objects;
}

const find = (objects: Manifest[], kind: string, name = 'tributary-reviews'): Manifest =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);

const container = (deployment: Manifest) => deployment.spec.template.spec.containers[0];
const envOf = (deployment: Manifest) =>
  Object.fromEntries(
    container(deployment).env.map(({ name, value, valueFrom }: Manifest) => [
      name,
      value ?? `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`,
    ]),
  );

describe('a deployment', () => {
  it('names no number of pods where an HPA decides it', () => {
    expect(find(render({}), 'Deployment').spec).not.toHaveProperty('replicas');
    expect(find(render({ autoscaling: { enabled: false }, replicaCount: 5 }), 'Deployment').spec.replicas).toBe(5);
  });

  it('takes nobody away before the next is ready', () => {
    expect(find(render({}), 'Deployment').spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });

  it('is given time for preStop, the drain and what follows', () => {
    const deployment = find(render({ drain: { preStopSeconds: 7, timeoutSeconds: 40 } }), 'Deployment');
    expect(deployment.spec.template.spec.terminationGracePeriodSeconds).toBe(52);
    expect(container(deployment).lifecycle.preStop.sleep.seconds).toBe(7);
  });

  it('tells the service how long its drain may take', () => {
    const config = find(render({ drain: { timeoutSeconds: 40 } }), 'ConfigMap').data['config.yaml'];
    expect(config).toContain('drainTimeout: 40s');
  });

  it('is rolled out anew when the configuration changes, and only then', () => {
    const checksum = (values: object) =>
      find(render(values), 'Deployment').spec.template.metadata.annotations['checksum/config'];
    expect(checksum({ config: { log: { level: 'debug' } } })).not.toBe(checksum({}));
    expect(checksum({ supergraph: { sdl: 'a' } })).toBe(checksum({ supergraph: { sdl: 'b' } }));
  });

  it('uses the digest where there is one, else the tag, else the version of the chart', () => {
    const image = (given: object) => container(find(render({ image: given }), 'Deployment')).image;
    expect(image({})).toBe('tributary/reviews:0.1.0');
    expect(image({ repository: 'registry.example.com/shop', tag: '1.2.3' })).toBe(
      'registry.example.com/shop/reviews:1.2.3',
    );
    expect(image({ tag: '1.2.3', digest: 'sha256:abc'.padEnd(71, '0') })).toBe(
      `tributary/reviews@${'sha256:abc'.padEnd(71, '0')}`,
    );
  });

  it('knows who asks it, and signs what it asks itself', () => {
    expect(envOf(find(render({ callers: ['gateway', 'orders'], calls: ['users'] }), 'Deployment'))).toMatchObject({
      TRIBUTARY_IDENTITY__TRUSTED__GATEWAY: 'tributary-gateway-identity/tls.crt',
      TRIBUTARY_IDENTITY__TRUSTED__ORDERS: 'tributary-orders-identity/tls.crt',
      TRIBUTARY_IDENTITY__KEY: 'tributary-reviews-identity/tls.key',
    });
    const named = { callers: ['gateway'], identity: { trustedSecrets: { gateway: 'gateway-key' } } };
    expect(envOf(find(render(named), 'Deployment')).TRIBUTARY_IDENTITY__TRUSTED__GATEWAY).toBe('gateway-key/tls.crt');
  });
});

describe('a database', () => {
  const own = { database: { enabled: true, host: 'postgres' } };

  it('gets a password and a URL where none is named', () => {
    const secret = find(render(own), 'Secret', 'tributary-reviews-database');
    const [password, url] = ['password', 'url'].map((key) => Buffer.from(secret.data[key], 'base64').toString());
    expect(password).toMatch(/^\w{48}$/);
    expect(url).toBe(`postgres://reviews:${password}@postgres:5432/tributary`);
    expect(secret.metadata.annotations['helm.sh/resource-policy']).toBe('keep');
  });

  it('is migrated before the pod serves, and not by the service itself', () => {
    const objects = render(own);
    const [migrate] = find(objects, 'Deployment').spec.template.spec.initContainers;
    expect(migrate.args).toContain('--migrate');
    expect(find(objects, 'ConfigMap').data['config.yaml']).toContain('migrateOnStart: false');
  });

  it('of one’s own is named, and can be migrated by a Job before the upgrade', () => {
    const objects = render({ database: { enabled: true, existingSecret: 'mine' }, migrations: { mode: 'hook' } });
    expect(find(objects, 'Secret', 'tributary-reviews-database')).toBeUndefined();
    expect(find(objects, 'Deployment').spec.template.spec).not.toHaveProperty('initContainers');
    const job = find(objects, 'Job', 'tributary-reviews-migrate');
    expect(job.metadata.annotations['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    expect(job.spec.template.spec.containers[0].env).toContainEqual({
      name: 'TRIBUTARY_DATABASE__URL',
      valueFrom: { secretKeyRef: { name: 'mine', key: 'url' } },
    });
  });
});

describe('a canary', () => {
  const objects = render({
    canary: { enabled: true, image: { tag: 'next' }, config: { log: { level: 'debug' } }, replicaCount: 4 },
    config: { log: { level: 'warn' }, introspection: true },
  });
  const [stable, canary] = ['tributary-reviews', 'tributary-reviews-canary'].map((name) =>
    find(objects, 'Deployment', name),
  );

  it('is a second Deployment with its own image, number and configuration', () => {
    expect(container(canary).image).toBe('tributary/reviews:next');
    expect(container(stable).image).toBe('tributary/reviews:0.1.0');
    expect(canary.spec.replicas).toBe(4);
    const config = find(objects, 'ConfigMap', 'tributary-reviews-canary').data['config.yaml'];
    expect(config).toContain('level: debug');
    expect(config).toContain('introspection: true');
  });

  it('is behind the same Service, and told apart by its version', () => {
    const { selector } = find(objects, 'Service').spec;
    for (const [deployment, version] of [
      [stable, 'v1'],
      [canary, 'v2'],
    ]) {
      expect(deployment.spec.template.metadata.labels).toMatchObject({ ...selector, version });
      expect(deployment.spec.selector.matchLabels.version).toBe(version);
    }
    expect(selector).not.toHaveProperty('version');
  });

  it('has a disruption budget of its own', () => {
    const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
    expect(budgets.map(({ spec }) => spec.selector.matchLabels.version)).toEqual(['v1', 'v2']);
  });

  it('of the gateway can have another supergraph', () => {
    const both = render({ supergraph: { sdl: 'old' }, canary: { enabled: true, supergraph: { sdl: 'new' } } });
    expect(find(both, 'ConfigMap', 'tributary-reviews-supergraph').data['supergraph.graphql'].trim()).toBe('old');
    expect(find(both, 'ConfigMap', 'tributary-reviews-canary-supergraph').data['supergraph.graphql'].trim()).toBe(
      'new',
    );
    const volumes = find(both, 'Deployment', 'tributary-reviews-canary').spec.template.spec.volumes;
    expect(volumes).toContainEqual({ name: 'supergraph', configMap: { name: 'tributary-reviews-canary-supergraph' } });
  });
});

describe('scaling', () => {
  const metricsOf = (values: object) =>
    find(render(values), 'HorizontalPodAutoscaler').spec.metrics.map(
      (metric: Manifest) =>
        `${metric.type} ${metric.containerResource?.name ?? metric.pods?.metric.name ?? metric.external?.metric.name}`,
    );

  it('is by CPU and memory of the container, requests a second, and waiting events of a consumer', () => {
    const broker = { broker: { enabled: true, servers: ['nats://nats:4222'] } };
    expect(metricsOf({})).toEqual(['ContainerResource cpu', 'ContainerResource memory', 'Pods requests_per_second']);
    expect(metricsOf(broker)).toContain('External events_consumer_pending');
    // Its HPA would wait for a metric that there never is, and take no pod away.
    expect(metricsOf({ ...broker, component: 'gateway' })).not.toContain('External events_consumer_pending');
    expect(metricsOf({ ...broker, autoscaling: { metrics: 'none' } })).toEqual([
      'ContainerResource cpu',
      'ContainerResource memory',
    ]);
  });

  it('has the numbers that it is told', () => {
    const { spec } = find(render({}), 'HorizontalPodAutoscaler');
    expect([spec.minReplicas, spec.maxReplicas]).toEqual([3, 10]);
    expect(spec.metrics[0].containerResource).toEqual({
      name: 'cpu',
      container: 'reviews',
      target: { type: 'Utilization', averageUtilization: 70 },
    });
    expect(spec.metrics[1].containerResource.target.averageUtilization).toBe(80);
    expect(spec.metrics[2].pods.target).toEqual({ type: 'AverageValue', averageValue: '100' });
    expect(spec.behavior.scaleDown.stabilizationWindowSeconds).toBe(300);
  });

  it('is KEDA’s where it is there, and then there is no HPA beside it', () => {
    const objects = render({ autoscaling: { metrics: 'keda' } });
    expect(find(objects, 'HorizontalPodAutoscaler')).toBeUndefined();
    const { triggers } = find(objects, 'ScaledObject').spec;
    expect(triggers.map(({ type }: Manifest) => type)).toEqual(['cpu', 'memory', 'prometheus']);
    expect(triggers[2].metadata.query).toContain('http_requests_total{namespace="shop"');
  });

  it('lets a VPA recommend beside it', () => {
    expect(find(render({ vpa: { enabled: true } }), 'VerticalPodAutoscaler').spec.updatePolicy.updateMode).toBe('Off');
  });
});

describe('metrics', () => {
  it('are read from the admin port, and in the mesh from the sidecar', () => {
    const endpoint = (values: object) =>
      find(render({ metrics: { monitor: 'PodMonitor' }, ...values }), 'PodMonitor').spec.podMetricsEndpoints[0];
    expect(endpoint({})).toMatchObject({ port: 'admin', path: '/metrics' });
    expect(endpoint({ mesh: { enabled: true } })).toMatchObject({ portNumber: 15020, path: '/stats/prometheus' });
  });

  it('have a Service of their own for a ServiceMonitor: the public one has no admin port', () => {
    const objects = render({ metrics: { monitor: 'ServiceMonitor' } });
    expect(find(objects, 'Service').spec.ports.map(({ targetPort }: Manifest) => targetPort)).toEqual(['http']);
    expect(find(objects, 'Service', 'tributary-reviews-metrics').spec.ports[0].targetPort).toBe('admin');
    const { matchLabels } = find(objects, 'ServiceMonitor').spec.selector;
    expect(find(objects, 'Service', 'tributary-reviews-metrics').metadata.labels).toMatchObject(matchLabels);
    expect(find(objects, 'Service').metadata.labels).not.toMatchObject(matchLabels);
  });
});

it('routes of the REST API become files, and a change of them a new pod', () => {
  const objects = render({ rest: { 'list.graphql': '{ a }', 'openapi.yaml': 'title: Shop' } });
  expect(find(objects, 'ConfigMap').data['config.yaml']).toContain('documents: /etc/tributary/rest');
  expect(find(objects, 'ConfigMap', 'tributary-reviews-rest').data['list.graphql'].trim()).toBe('{ a }');
  const { template } = find(objects, 'Deployment', 'tributary-reviews').spec;
  expect(template.metadata.annotations['checksum/rest']).toMatch(/^[0-9a-f]{64}$/);
  expect(template.spec.volumes).toContainEqual({ name: 'rest', configMap: { name: 'tributary-reviews-rest' } });
  expect(template.spec.containers[0].volumeMounts).toContainEqual({
    name: 'rest',
    mountPath: '/etc/tributary/rest',
    readOnly: true,
  });
});

it('documents become files in folders', () => {
  const objects = render({ documents: { 'shop/look.graphql': '{ a }' } });
  const { volumes } = find(objects, 'Deployment').spec.template.spec;
  expect(volumes.find(({ name }: Manifest) => name === 'documents').configMap.items).toEqual([
    { key: 'shop.look.graphql', path: 'shop/look.graphql' },
  ]);
  expect(find(objects, 'ConfigMap', 'tributary-reviews-documents').data['shop.look.graphql'].trim()).toBe('{ a }');
});

it('an ingress is for TLS, by cert-manager', () => {
  const ingress = find(render({ ingress: { enabled: true, host: 'shop.example.com' } }), 'Ingress');
  expect(ingress.metadata.annotations['cert-manager.io/cluster-issuer']).toBe('letsencrypt-prod');
  expect(ingress.spec).toMatchObject({
    ingressClassName: 'nginx',
    tls: [{ hosts: ['shop.example.com'], secretName: 'tributary-reviews-tls' }],
  });
});
