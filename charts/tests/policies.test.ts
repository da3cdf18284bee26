import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../testing/kubernetes-object.ts';
import { renderChart } from '../testing/render-chart.ts';
import { meshAllows } from '../testing/simulate/authorization-policy.ts';
import { compareEdges, type Edge, reachabilityMatrix, type World, worldOf } from '../testing/simulate/matrix.ts';
import { type Endpoint, type Namespaces, outsidePod, type Pod, type Port } from '../testing/simulate/workloads.ts';
import type { EdgeGroup, Setting } from './edges/edge.ts';
import { graphEdges } from './edges/graph-edges.ts';
import { platformEdges } from './edges/platform-edges.ts';
import { exampleFile, UMBRELLA } from './value-cases.ts';

type Settings = Partial<Record<Setting, boolean>>;
const tcp = (number: number): Port => ({ number, protocol: 'TCP' });
const API_SERVER = '10.3.0.1';
const UNDECLARED = [tcp(22), tcp(4001), tcp(15020)];

function worldWith(objects: readonly KubernetesObject[], settings: Settings): World {
  const inMesh = settings.mesh ? { 'istio-injection': 'enabled' } : {};
  const others = [
    'kube-system',
    'monitoring',
    'observability',
    'istio-system',
    'istio-ingress',
    'ingress-nginx',
    'default',
  ];
  const namespaces: Namespaces = { shop: inMesh, ...Object.fromEntries(others.map((name) => [name, {}])) };
  const pod = (id: string, namespace: string, ports: Port[] = [], serviceAccount = 'default', labels = {}) =>
    outsidePod({ id, namespace, ports, serviceAccount, labels }, namespaces);
  const isMeshIngress = settings.mesh && !settings.ingress;
  const outside: Endpoint[] = [
    { kind: 'node', id: 'kubelet', address: '192.168.7.1', local: true, ports: [] },
    pod('dns', 'kube-system', [tcp(53), { number: 53, protocol: 'UDP' }]),
    // Where the release has its own, these are strangers.
    pod(settings.observability ? 'prometheus of others' : 'prometheus', 'monitoring'),
    pod(settings.observability ? 'collector of others' : 'collector', 'observability', [tcp(4317), tcp(4318)]),
    pod('istiod', 'istio-system', [tcp(15012)]),
    isMeshIngress
      ? pod('ingress', 'istio-ingress', [], 'istio-ingress', { 'sidecar.istio.io/inject': 'true' })
      : pod('ingress', 'ingress-nginx'),
    // What nobody expects: another namespace's pod, with the labels of one of ours, and a host of the private network.
    pod('stranger', 'default', [tcp(443)], 'tributary-gateway', { 'app.kubernetes.io/name': 'gateway' }),
    { kind: 'host', id: 'internet', address: '93.184.216.34', ports: [tcp(443), tcp(587), tcp(5432)] },
    { kind: 'host', id: 'intranet', address: '10.3.2.1', ports: [tcp(443), tcp(587)] },
    { kind: 'host', id: 'api', address: API_SERVER, ports: [tcp(443), tcp(6443)] },
    { kind: 'node', id: 'kubelets', address: '192.168.7.2', local: false, ports: [tcp(10_250)] },
  ];
  return worldOf(objects, { namespaces, outside, undeclaredPorts: UNDECLARED, request: requestFor });
}

/** As the callers really ask. */
function requestFor({ id }: Endpoint, destination: Pod, port: number) {
  if (port === 5432 || port === 4222 || port === 6379) return undefined;
  const path = id.endsWith('-sandbox-provider') ? '/webhooks/payments' : '/graphql';
  return { method: 'POST', path, host: destination.id };
}

/** Jobs' names end in a hash of what they do. */
const shortName = (id: string) =>
  id.replace(/^shop\/tributary-/, '').replace(/^(provision|elasticsearch-setup|kibana-setup)-.*/, '$1');

function matrixOf(objects: readonly KubernetesObject[], settings: Settings): Edge[] {
  return reachabilityMatrix(worldWith(objects, settings)).map((edge) => ({
    ...edge,
    source: shortName(edge.source),
    destination: shortName(edge.destination),
  }));
}

const holds = ({ when = {} }: EdgeGroup, settings: Settings) =>
  Object.entries(when).every(([setting, value]) => (settings[setting as Setting] ?? false) === value);

function expectedWith(settings: Settings) {
  const ofPlatform = platformEdges
    .filter((group) => holds(group, settings))
    .flatMap(({ sources, destinations, port, protocol }) =>
      sources.flatMap((source) =>
        destinations.map((destination) => ({ source, destination, port, ...(protocol && { protocol }) })),
      ),
    );
  return [...graphEdges, ...ofPlatform];
}

/** A kubelet reaches every pod of its node by the definition of NetworkPolicy: only that it reaches what it needs is asked. */
const withoutKubelet = (edges: readonly Edge[]) =>
  edges.filter(({ source, destination }) => source !== 'kubelet' && destination !== 'kubelet');

const EVALUATION = { postgres: true, nats: true, sandboxProvider: true };
const OBSERVED = { enabled: true, networkPolicy: { apiServer: [{ ipBlock: { cidr: `${API_SERVER}/32` } }] } };
/** What browsers look at, with its port. */
const PAGES = [
  ['alertmanager', 9093],
  ['grafana', 3000],
  ['jaeger', 16_686],
  ['kibana', 5601],
  ['prometheus', 9090],
] as const;
const cases: [string, Settings, { values?: object; valuesFiles?: string[] }][] = [
  ['the defaults', EVALUATION, {}],
  ['the mesh', { ...EVALUATION, mesh: true }, { values: { istio: { enabled: true } } }],
  [
    'an ingress',
    { ...EVALUATION, ingress: true },
    { values: { ingress: { enabled: true, host: 'shop.example.com' } } },
  ],
  ['rate limits in Redis', { ...EVALUATION, redis: true }, { values: { redis: { enabled: true } } }],
  [
    'rate limits in Redis in the mesh',
    { ...EVALUATION, redis: true, mesh: true },
    { values: { redis: { enabled: true }, istio: { enabled: true } } },
  ],
  ['tracing', { ...EVALUATION, tracing: true }, { values: { defaults: { tracing: { enabled: true } } } }],
  ['observability', { ...EVALUATION, observability: true }, { values: { observability: OBSERVED } }],
  [
    'observability in the mesh',
    { ...EVALUATION, observability: true, mesh: true },
    { values: { observability: OBSERVED, istio: { enabled: true } } },
  ],
  ['staging', { ...EVALUATION, mesh: true, tracing: true }, { valuesFiles: [exampleFile('staging')] }],
];

describe.each(cases)('who reaches whom with %s', (_, settings, given) => {
  const { objects } = renderChart({ chart: UMBRELLA, ...given });
  const matrix = matrixOf(objects, settings);
  const expected = expectedWith(settings);

  it('is the reviewed edges, and nothing else', () => {
    const wanted = expected.filter(({ source }) => source !== 'kubelet');
    expect(compareEdges(withoutKubelet(matrix), wanted)).toEqual([]);
    expect(withoutKubelet(matrix).filter(({ allowed }) => !allowed).length).toBeGreaterThan(1000);
  });

  it('lets the kubelet probe', () => {
    for (const probe of expected.filter(({ source }) => source === 'kubelet')) {
      const cell = matrix.find(
        (edge) => edge.source === 'kubelet' && edge.destination === probe.destination && edge.port === probe.port,
      );
      expect(cell?.allowed, `${probe.destination}:${probe.port} ${cell?.because}`).toBe(true);
    }
  });
});

describe('in the mesh', () => {
  const { objects } = renderChart({ chart: UMBRELLA, values: { istio: { enabled: true } } });
  const world = worldWith(objects, { ...EVALUATION, mesh: true });
  const podNamed = (name: string) => {
    const found = world.pods.find(({ id }) => id === `shop/tributary-${name}`);
    if (found === undefined) throw new Error(`no pod ${name}`);
    return found;
  };
  const allowed = (source: string | undefined, destination: string, method: string, path: string) =>
    meshAllows(
      {
        source: { principal: source && `cluster.local/ns/shop/sa/tributary-${source}` },
        destination: podNamed(destination),
        port: 4000,
        http: { method, path, host: 'x' },
      },
      world.authorizationPolicies,
      world.peerAuthentications,
    ).allowed;

  it.each<[string | undefined, string, string, string, boolean]>([
    ['gateway', 'users', 'POST', '/graphql', true],
    ['gateway', 'users', 'GET', '/.well-known/jwks.json', true],
    ['notifications', 'users', 'POST', '/graphql', true],
    ['gateway', 'inventory', 'GET', '/media/a/b.webp', true],
    ['gateway', 'payments', 'POST', '/webhooks/payments', true],
    ['gateway', 'notifications', 'POST', '/unsubscribe', true],
    // Only the gateway passes these on, only to whom they belong, and only as they are listed.
    ['notifications', 'users', 'GET', '/.well-known/jwks.json', false],
    ['gateway', 'orders', 'GET', '/media/a.webp', false],
    ['gateway', 'users', 'GET', '/graphql', false],
    ['gateway', 'payments', 'GET', '/webhooks/payments', false],
    ['gateway', 'notifications', 'GET', '/mailbox', false],
    ['orders', 'users', 'POST', '/graphql', false],
    ['helm-test', 'users', 'POST', '/graphql', false],
    [undefined, 'users', 'POST', '/graphql', false],
  ])('%s asks %s %s %s: %s', (source, destination, method, path, expected) => {
    expect(allowed(source, destination, method, path)).toBe(expected);
  });

  it('has one allow rule for each edge of the graph', () => {
    const named = world.authorizationPolicies.map(({ name }) => name);
    for (const { source, destination } of graphEdges) {
      expect(
        named.filter((name) => name.endsWith(`tributary-${destination}-from-${source}`)),
        `${source} ${destination}`,
      ).toHaveLength(1);
    }
    expect(new Set(named).size).toBe(named.length);
  });
});

/** What of a release somebody outside of it reaches, as `part:port`. */
const reachedBy = (source: string, settings: Settings, given: { values?: object; valuesFiles?: string[] }) =>
  matrixOf(renderChart({ chart: UMBRELLA, ...given }).objects, settings)
    .filter((edge) => edge.allowed && edge.source === source)
    .map(({ destination, port }) => `${destination}:${port}`)
    .sort();
const inNamespace = (name: string) => [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }];

describe('a monitoring stack that is there', () => {
  const services = graphEdges.filter(({ source, port }) => source === 'gateway' && port === 4000);
  const metrics = ['gateway', ...services.map(({ destination }) => destination)].map((name) => `${name}:15020`);
  const ofParts = [
    ...['collector-agent:8888', 'collector-gateway:8888', 'collector-gateway:8889'],
    ...['elasticsearch-exporter:9114', 'fluentd:24231', 'jaeger:8888'],
  ];

  it('reads the metrics of every service and of every part, and its Grafana asks Jaeger', () => {
    const valuesFiles = [
      exampleFile('production'),
      exampleFile('external-oidc'),
      exampleFile('observability-existing'),
    ];
    expect(reachedBy('prometheus', { mesh: true }, { valuesFiles })).toEqual(
      [...metrics, ...ofParts, 'jaeger:16686'].sort(),
    );
  });

  it('is where the values say, its Prometheus and its Grafana each', () => {
    const observability = {
      enabled: true,
      prometheus: { mode: 'existing', url: 'http://p.monitoring:9090', peers: inNamespace('observability') },
      grafana: { mode: 'existing', peers: inNamespace('default') },
    };
    const given = { values: { observability, istio: { enabled: true } } };
    const settings = { ...EVALUATION, mesh: true };
    const toAlertmanager = 'alertmanager:9093';
    expect(reachedBy('collector', settings, given)).toEqual([...metrics, ...ofParts, toAlertmanager].sort());
    expect(reachedBy('stranger', settings, given)).toEqual([toAlertmanager, 'elasticsearch:9200', 'jaeger:16686']);
    expect(reachedBy('prometheus', settings, given)).toEqual([]);
  });
});

it('lets an Ingress controller publish the pages that the values name', () => {
  const from = inNamespace('ingress-nginx');
  const observability = { ...OBSERVED, ...Object.fromEntries(PAGES.map(([part]) => [part, { from }])) };
  const given = { values: { observability, ingress: { enabled: true, host: 'shop.example.com' } } };
  expect(reachedBy('ingress', { ...EVALUATION, observability: true, ingress: true }, given)).toEqual(
    [...PAGES.map(([part, port]) => `${part}:${port}`), 'gateway:4000'].sort(),
  );
});

describe('with data stores outside', () => {
  const files = [exampleFile('production'), exampleFile('external-oidc')];
  const { objects } = renderChart({ chart: UMBRELLA, valuesFiles: files });
  const matrix = matrixOf(objects, { mesh: true });
  const leaves = (port: number) =>
    matrix
      .filter((edge) => edge.allowed && edge.destination === 'internet' && edge.port === port)
      .map(({ source }) => source)
      .sort();

  it('each service reaches what it uses, and no other does', () => {
    expect(leaves(443)).toEqual(['gateway', 'notifications', 'payments']);
    expect(leaves(587)).toEqual(['notifications']);
    const databases = graphEdges.filter(({ destination }) => destination === 'postgres').map(({ source }) => source);
    expect(leaves(5432)).toEqual([...databases, ...databases.map((name) => `${name}-migrate`)].sort());
  });

  it('nobody reaches a migration', () => {
    const reached = matrix.filter(({ destination, allowed }) => destination.endsWith('-migrate') && allowed);
    expect(new Set(reached.map(({ source }) => source))).toEqual(new Set(['kubelet']));
  });
});
