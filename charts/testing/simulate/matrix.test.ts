import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { compareEdges, type Edge, reachabilityMatrix, worldOf } from './matrix.ts';
import { type Endpoint, outsidePod, type Port } from './workloads.ts';

const namespaces = { shop: { 'istio-injection': 'enabled' }, monitoring: {} };
const ports: Port[] = [
  { name: 'http', number: 4000, protocol: 'TCP' },
  { name: 'admin', number: 9400, protocol: 'TCP' },
];

const object = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});

const deployment = (name: string): KubernetesObject =>
  object('apps/v1', 'Deployment', name, {
    template: {
      metadata: { labels: { app: name } },
      spec: {
        serviceAccountName: name,
        containers: [{ ports: ports.map(({ name: port, number }) => ({ name: port, containerPort: number })) }],
      },
    },
  });

const labels = (app: string) => ({ matchLabels: { app } });
const network = (name: string, spec: object) => object('networking.k8s.io/v1', 'NetworkPolicy', name, spec);
const mesh = (name: string, spec: object) => object('security.istio.io/v1', 'AuthorizationPolicy', name, spec);

const prometheus = outsidePod({ id: 'prometheus', namespace: 'monitoring', labels: { app: 'prometheus' } }, namespaces);
const client: Endpoint = { kind: 'host', id: 'client', address: '203.0.113.9', ports: [] };
const mail: Endpoint = { kind: 'host', id: 'mail', address: '198.51.100.5', ports: [{ number: 587, protocol: 'TCP' }] };

const objects: KubernetesObject[] = [
  deployment('gateway'),
  deployment('users'),
  network('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  network('gateway', {
    podSelector: labels('gateway'),
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: labels('users') }] }],
  }),
  network('users', { podSelector: labels('users'), ingress: [{ from: [{ podSelector: labels('gateway') }] }] }),
  network('users-mail', {
    podSelector: labels('users'),
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '198.51.100.0/24' } }], ports: [{ port: 587 }] }],
  }),
  network('scrape', {
    podSelector: {},
    ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 'admin' }, { port: 15020 }] }],
  }),
  mesh('deny', {}),
  mesh('users', {
    selector: labels('users'),
    rules: [
      {
        from: [{ source: { principals: ['cluster.local/ns/shop/sa/gateway'] } }],
        to: [{ operation: { ports: ['4000'], methods: ['POST'] } }],
      },
    ],
  }),
  object('security.istio.io/v1', 'PeerAuthentication', 'default', { mtls: { mode: 'STRICT' } }),
];

const undeclaredPorts: Port[] = [
  { number: 15020, protocol: 'TCP' },
  { number: 8080, protocol: 'TCP' },
  { number: 4000, protocol: 'UDP' },
];
const given = { namespaces, outside: [prometheus, client, mail], undeclaredPorts };
const edges = (more: Partial<Parameters<typeof worldOf>[1]> = {}): Edge[] =>
  reachabilityMatrix(worldOf(objects, { ...given, ...more }));

const expected = [
  { source: 'shop/gateway', destination: 'shop/users', port: 4000 },
  // The sidecar's own port and UDP pass the mesh's policies by; users' network policy names no ports.
  { source: 'shop/gateway', destination: 'shop/users', port: 15020 },
  { source: 'prometheus', destination: 'shop/gateway', port: 15020 },
  { source: 'prometheus', destination: 'shop/users', port: 15020 },
  { source: 'shop/users', destination: 'mail', port: 587 },
];
const udp = { source: 'shop/gateway', destination: 'shop/users', port: 4000, protocol: 'UDP' as const };

describe('reachabilityMatrix', () => {
  it('allows what the network’s and the mesh’s policies both allow, and nothing else', () => {
    expect(compareEdges(edges(), [...expected, udp])).toEqual([]);
  });

  it('tries each declared and undeclared port of each destination once, but nothing between two that are outside', () => {
    const tried = edges();
    // 2 pods with 2 + 3 ports from 5 sources, and from the 2 pods to the outside: 3 + 3 + 4 ports.
    expect(tried).toHaveLength(2 * 5 * 5 + 2 * 10);
    expect(tried.some(({ source, destination }) => source === 'client' && destination === 'mail')).toBe(false);
  });

  it.each<[string, string, string, number, string]>([
    [
      'the network’s reason',
      'client',
      'shop/users',
      4000,
      'ingress of shop/users: no rule of deny, users, scrape allows it',
    ],
    ['plaintext', 'prometheus', 'shop/users', 9400, 'mesh at shop/users: plaintext on port 9400, which is STRICT'],
    ['the mesh’s reason', 'shop/gateway', 'shop/users', 8080, 'mesh at shop/users: no rule of deny, users allows it'],
  ])('says why: %s', (_, source, destination, port, because) => {
    const edge = edges().find(
      (each) => each.source === source && each.destination === destination && each.port === port,
    );
    expect(edge).toMatchObject({ allowed: false, because });
  });

  it('asks the mesh with the request that stands for an edge', () => {
    const reads = edges({ request: (_source, { id }) => ({ method: 'GET', path: '/', host: id }) });
    expect(compareEdges(reads, [...expected, udp])).toEqual([
      'expected, but refused: shop/gateway -> shop/users:4000/TCP (mesh at shop/users: no rule of deny, users allows it)',
    ]);
  });

  it('leaves a destination without a sidecar to the network’s policies', () => {
    const bare = edges({ namespaces: { ...namespaces, shop: {} } });
    expect(compareEdges(bare, [...expected, udp])).toEqual([
      expect.stringContaining('allowed, but not expected: shop/gateway -> shop/users:9400/TCP'),
      expect.stringContaining('allowed, but not expected: shop/gateway -> shop/users:8080/TCP'),
      expect.stringContaining('allowed, but not expected: prometheus -> shop/gateway:9400/TCP'),
      expect.stringContaining('allowed, but not expected: prometheus -> shop/users:9400/TCP'),
    ]);
  });

  it('refuses two endpoints of one id', () => {
    expect(() => edges({ outside: [client, client] })).toThrow('the same id');
  });

  it('is fast enough for 20 sources, 20 destinations and 6 ports', () => {
    const names = Array.from({ length: 20 }, (_, index) => `service-${index}`);
    const many = names.flatMap((name) => [
      deployment(name),
      network(name, {
        podSelector: labels(name),
        ingress: [{ from: [{ podSelector: labels('service-0') }], ports: [{ port: 'http' }] }],
      }),
      mesh(name, {
        selector: labels(name),
        rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/service-0'] } }] }],
      }),
    ]);
    const more: Port[] = [...undeclaredPorts, { number: 22, protocol: 'TCP' }];
    const start = performance.now();
    const found = reachabilityMatrix(worldOf(many, { namespaces, outside: [], undeclaredPorts: more }));
    expect(found).toHaveLength(20 * 20 * 6);
    expect(found.filter(({ allowed }) => allowed)).toHaveLength(20);
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

describe('compareEdges', () => {
  it('names every difference, both ways', () => {
    const wanted = [
      ...expected.slice(1),
      ...expected.slice(1, 2),
      { source: 'client', destination: 'shop/gateway', port: 4000 },
      { source: 'nobody', destination: 'shop/gateway', port: 4000 },
      udp,
    ];
    expect(compareEdges(edges(), wanted)).toEqual([
      'expected twice: shop/gateway -> shop/users:15020/TCP',
      'expected, but refused: client -> shop/gateway:4000/TCP (ingress of shop/gateway: no rule of deny, scrape allows it)',
      'expected, but no such edge was tried: nobody -> shop/gateway:4000/TCP',
      'allowed, but not expected: shop/gateway -> shop/users:4000/TCP (egress of shop/gateway: gateway; ingress of shop/users: users; mesh at shop/users: users)',
    ]);
  });
});
