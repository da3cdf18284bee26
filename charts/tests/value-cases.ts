import { fileURLToPath } from 'node:url';

export const UMBRELLA = fileURLToPath(new URL('../tributary', import.meta.url));
export const SERVICE = fileURLToPath(new URL('../service', import.meta.url));
export const ISTIO = fileURLToPath(new URL('../../istio', import.meta.url));
export const OBSERVABILITY = fileURLToPath(new URL('../../observability', import.meta.url));
export const EXAMPLES = [
  'evaluation',
  'staging',
  'production',
  'external-oidc',
  'observability',
  'observability-existing',
] as const;

export const exampleFile = (name: (typeof EXAMPLES)[number]) => `${UMBRELLA}/examples/${name}.yaml`;

export interface ValueCase {
  name: string;
  values?: object;
  valuesFiles?: string[];
}

const MESH = { istio: { enabled: true } };
const CANARY = { canary: { enabled: true, weight: 10, image: { tag: 'next' } } };

/** The umbrella's values: defaults, every example, every switch on and off, and the pairs that touch the same objects. */
export const umbrellaCases: readonly ValueCase[] = [
  { name: 'defaults' },
  ...EXAMPLES.map((example) => ({ name: `example ${example}`, valuesFiles: [exampleFile(example)] })),
  {
    name: 'production with an issuer of its own',
    valuesFiles: [exampleFile('production'), exampleFile('external-oidc')],
  },
  { name: 'mesh', values: MESH },
  { name: 'mesh, Gateway API', values: { istio: { enabled: true, ingress: { api: 'gateway-api' } } } },
  {
    name: 'mesh with TLS',
    values: { istio: { enabled: true, ingress: { tlsSecret: 'shop-tls', hosts: ['a.example.com'] } } },
  },
  { name: 'mesh without a rate limit', values: { istio: { enabled: true, ingress: { requestsPerSecond: 0 } } } },
  {
    name: 'mesh with telemetry',
    values: { istio: { enabled: true, telemetry: { tracingProvider: 'otel', accessLogProvider: 'log' } } },
  },
  { name: 'canary of the gateway', values: { services: { gateway: CANARY } } },
  { name: 'canary of a subgraph, mesh', values: { ...MESH, services: { users: CANARY } } },
  {
    name: 'canaries, Gateway API',
    values: {
      istio: { enabled: true, ingress: { api: 'gateway-api' } },
      services: { gateway: CANARY, orders: CANARY },
    },
  },
  { name: 'ingress', values: { ingress: { enabled: true, host: 'shop.example.com' } } },
  {
    name: 'ingress in the mesh',
    values: { ...MESH, ingress: { enabled: true, host: 'shop.example.com', inMesh: true } },
  },
  { name: 'no autoscaling', values: { defaults: { autoscaling: { enabled: false } } } },
  { name: 'autoscaling by CPU and memory', values: { defaults: { autoscaling: { metrics: 'none' } } } },
  { name: 'KEDA', values: { defaults: { autoscaling: { metrics: 'keda' } } } },
  { name: 'VPA recommends', values: { defaults: { vpa: { enabled: true } } } },
  {
    name: 'VPA acts',
    values: { defaults: { vpa: { enabled: true, updateMode: 'Recreate' }, autoscaling: { enabled: false } } },
  },
  { name: 'PodMonitor', values: { defaults: { metrics: { monitor: 'PodMonitor' } } } },
  {
    name: 'ServiceMonitor',
    values: { defaults: { metrics: { monitor: 'ServiceMonitor', labels: { release: 'prometheus' } } } },
  },
  { name: 'PodMonitor in the mesh', values: { ...MESH, defaults: { metrics: { monitor: 'PodMonitor' } } } },
  { name: 'ServiceMonitor in the mesh', values: { ...MESH, defaults: { metrics: { monitor: 'ServiceMonitor' } } } },
  { name: 'tracing', values: { defaults: { tracing: { enabled: true } } } },
  { name: 'no network policies', values: { defaults: { networkPolicy: { enabled: false } } } },
  { name: 'rate limits in Redis in the mesh', values: { ...MESH, redis: { enabled: true } } },
  { name: 'no storage', values: { postgres: { storage: 0 }, nats: { storage: 0 } } },
  { name: 'a storage class', values: { postgres: { storageClassName: 'fast' }, nats: { storageClassName: 'fast' } } },
  {
    name: 'no provider, no demo data',
    values: { sandboxProvider: { enabled: false }, demoData: false, helmTest: { kind: 'query' } },
  },
  {
    name: 'digests and pull secrets, and Redis',
    values: {
      redis: { enabled: true },
      defaults: { pullSecrets: [{ name: 'registry' }] },
      services: { users: { image: { digest: `sha256:${'a'.repeat(64)}` } } },
    },
  },
  { name: 'a service less', values: { services: { notifications: { enabled: false } } } },
  {
    name: 'the supergraph from a URL',
    values: { services: { gateway: { supergraph: { url: 'https://graph.example.com/supergraph.graphql' } } } },
  },
  {
    name: 'the supergraph of a ConfigMap',
    values: { services: { gateway: { supergraph: { configMap: 'my-supergraph' } } } },
  },
  {
    name: 'scheduling',
    values: {
      defaults: {
        nodeSelector: { pool: 'graph' },
        tolerations: [{ key: 'graph', operator: 'Exists' }],
        affinity: { nodeAffinity: {} },
        podAnnotations: { note: 'x' },
        serviceAccount: { annotations: { role: 'x' } },
        writable: { usage: { mountPath: '/var/lib/usage', sizeLimit: '1Gi' } },
      },
    },
  },
  { name: 'another name of the graph', values: { graph: 'shop' } },
  { name: 'observability in the mesh', values: { ...MESH, observability: { enabled: true } } },
  {
    name: 'observability of another name, with KEDA',
    values: {
      graph: 'shop',
      defaults: { autoscaling: { metrics: 'keda' } },
      observability: { enabled: true, prometheus: { from: [{ namespaceSelector: {} }] } },
    },
  },
];

/** A service released by itself. */
export const serviceCases: readonly ValueCase[] = [
  { name: 'the least', values: { name: 'reviews' } },
  {
    name: 'a subgraph with all that it may have',
    values: {
      name: 'reviews',
      callers: ['gateway'],
      calls: ['users'],
      database: { enabled: true, existingSecret: 'reviews-database' },
      migrations: { mode: 'hook' },
      broker: { enabled: true, servers: ['tls://nats.example.com:4222'], existingSecret: 'nats' },
      secrets: { env: { TRIBUTARY_SOMETHING: 'something' } },
      env: [{ name: 'TZ', value: 'UTC' }],
      canary: { enabled: true, config: { log: { level: 'debug' } } },
      metrics: { monitor: 'ServiceMonitor' },
      mesh: { enabled: true },
    },
  },
];

export const istioCases: readonly ValueCase[] = [
  {
    name: 'services released one by one',
    values: {
      services: { gateway: { calls: ['users'], canary: { enabled: true, weight: 10 } }, users: {} },
      passthrough: [{ path: '/.well-known/jwks.json', service: 'users', methods: ['GET'] }],
      externalServices: { stripe: { hosts: ['api.stripe.com'], port: 443, protocol: 'TLS', services: ['users'] } },
      jwtRules: [{ issuer: 'tributary', jwksUri: 'https://shop.example.com/.well-known/jwks.json' }],
      telemetry: { tracingProvider: 'otel' },
    },
  },
];

const NO_LOGS = {
  elasticsearch: { enabled: false },
  fluentd: { enabled: false },
  kibana: { enabled: false },
  jaeger: { storage: 'memory', replicas: 1 },
};
const DIGEST = { digest: `sha256:${'b'.repeat(64)}` };
const NOT_KEPT = { persistence: { enabled: false } };
const PARTS = ['collector', 'jaeger', 'prometheus', 'alertmanager', 'grafana', 'fluentd', 'kibana'] as const;

/** The stack by itself: as it is, without each of its parts, and each mode of each. */
export const observabilityCases: readonly ValueCase[] = [
  { name: 'defaults' },
  { name: 'metrics and traces in memory, no logs', values: NO_LOGS },
  ...PARTS.map((part) => ({
    name: `without ${part}`,
    // Without Jaeger nobody keeps what a collector takes.
    values: { [part]: { enabled: false }, ...(part === 'jaeger' && { collector: { enabled: false } }) },
  })),
  {
    name: 'all of it there already',
    values: {
      collector: { mode: 'existing', url: 'http://otel.tracing:4318' },
      jaeger: { mode: 'existing', url: 'http://jaeger.tracing:16686' },
      prometheus: {
        ...{ mode: 'existing', url: 'http://prometheus.monitoring:9090', labels: { release: 'stack' } },
        peers: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'prometheus' } } }],
      },
      alertmanager: { mode: 'existing', existingSecret: 'alert-receivers' },
      grafana: { mode: 'existing' },
      elasticsearch: { mode: 'existing', url: 'https://elasticsearch.example.com', existingSecret: 'elasticsearch' },
      kibana: { mode: 'existing', url: 'https://kibana.example.com' },
    },
  },
  {
    name: 'its own collector and Grafana before a stack that is there',
    values: {
      jaeger: { mode: 'existing', otlpEndpoint: 'jaeger.tracing:4317', url: 'https://jaeger.example.com' },
      prometheus: { mode: 'existing', url: 'http://prometheus.monitoring:9090' },
      alertmanager: { mode: 'existing', url: 'http://alertmanager.monitoring:9093', existingSecret: 'alert-receivers' },
      grafana: { existingSecret: 'grafana-admin', from: [{ namespaceSelector: {} }] },
    },
  },
  {
    name: 'its own Prometheus, an Alertmanager that is there',
    values: {
      alertmanager: { mode: 'existing', url: 'https://alerts.example.com/am', existingSecret: 'alert-receivers' },
    },
  },
  {
    name: 'a graph of another namespace, in the mesh',
    values: { graphNamespace: 'store', mesh: true, prometheus: { nodeMetrics: false } },
  },
  {
    name: 'one of each, on nothing that is kept',
    values: {
      collector: { gateway: { replicas: 1 } },
      jaeger: { replicas: 1, from: [{ namespaceSelector: {} }] },
      prometheus: NOT_KEPT,
      alertmanager: { replicas: 1, from: [{ namespaceSelector: {} }], ...NOT_KEPT },
      grafana: NOT_KEPT,
      elasticsearch: NOT_KEPT,
    },
  },
  {
    name: 'digests, pull secrets, storage classes, taints',
    values: {
      pullSecrets: [{ name: 'registry' }],
      collector: { image: DIGEST, agent: { tolerations: [{ operator: 'Exists' }] } },
      jaeger: { image: DIGEST, cleanerImage: DIGEST },
      prometheus: {
        image: DIGEST,
        persistence: { storageClass: 'fast' },
        extraTargets: { 'kube-state-metrics': 'kube-state-metrics.kube-system:8080' },
      },
      alertmanager: { image: DIGEST, existingSecret: 'alert-receivers', replicas: 3 },
      grafana: { image: DIGEST },
      fluentd: { tolerations: [{ operator: 'Exists' }] },
      networkPolicy: { apiServer: [{ ipBlock: { cidr: '10.0.0.1/32' } }] },
    },
  },
];
