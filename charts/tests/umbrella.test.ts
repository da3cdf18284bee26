import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gatewayConfig } from '../../gateway/src/config/gateway-config.ts';
import { blockListOf } from '../../gateway/src/config/server-config.ts';
import { renderChart } from '../testing/render-chart.ts';
import { exampleFile, UMBRELLA } from './value-cases.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds are looked into
type Manifest = any;

const render = (values: object = {}, valuesFiles: string[] = []): Manifest[] =>
  renderChart({ chart: UMBRELLA, values, valuesFiles }).objects;
const find = (objects: Manifest[], kind: string, name: string): Manifest =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);
const configOf = (objects: Manifest[], service: string): string =>
  find(objects, 'ConfigMap', `tributary-${service}`).data['config.yaml'];

/** As `kubectl top` shows it after a purchase, and after a load. */
const IDLE_GATEWAY_MIB = 190;

describe('the umbrella', () => {
  it('tells the gateway where each subgraph is', () => {
    const config = configOf(render(), 'gateway');
    for (const name of ['inventory', 'notifications', 'orders', 'payments', 'users']) {
      expect(config).toContain(`http://tributary-${name}/graphql`);
    }
  });

  it('tells what observes it of the namespace of the mesh’s ingress, where that is another one', () => {
    const namespaces = (istio: object) => {
      const objects = render({ istio: { enabled: true, ...istio }, observability: { enabled: true } });
      const rules = find(objects, 'ConfigMap', 'tributary-prometheus-rules').data['kubernetes.rules.yaml'];
      return /namespace=~"(.*?)"/.exec(rules)?.[1];
    };
    expect(namespaces({ ingress: { namespace: 'gate' } })).toBe('|shop|gate');
    expect(namespaces({ ingress: { api: 'gateway-api' } })).toBe('|shop');
  });

  it('names everything after the graph', () => {
    const objects = render({ graph: 'shop' });
    expect(objects.filter(({ metadata }) => !metadata.name.startsWith('shop-'))).toEqual([]);
    expect(find(objects, 'ConfigMap', 'shop-gateway').data['config.yaml']).toContain('http://shop-users/graphql');
  });

  it('gives the gateway the supergraph, its version lines, the known operations and the REST API of the repository', () => {
    const objects = render();
    const { data } = find(objects, 'ConfigMap', 'tributary-gateway-supergraph');
    expect(data['supergraph.graphql']).toContain('join__Graph');
    expect(data['lines.yaml']).toContain('major: 1');
    expect(find(objects, 'ConfigMap', 'tributary-gateway').data['config.yaml']).toContain(
      'file: /etc/tributary/supergraph/lines.yaml',
    );
    expect(Object.keys(find(objects, 'ConfigMap', 'tributary-gateway-documents').data)).toContain(
      'storefront.place-order.graphql',
    );
    expect(Object.keys(find(objects, 'ConfigMap', 'tributary-gateway-rest').data)).toEqual(
      expect.arrayContaining(['list-users.graphql', 'openapi.yaml']),
    );
  });

  it('scales gateway and users further than the others', () => {
    const most = (name: string) => find(render(), 'HorizontalPodAutoscaler', `tributary-${name}`).spec.maxReplicas;
    expect(['gateway', 'users', 'orders', 'payments', 'inventory', 'notifications'].map(most)).toEqual([
      20, 20, 10, 10, 10, 10,
    ]);
  });

  it('requests so much memory for a gateway that the HPA can take pods away from an idle one', () => {
    const objects = render();
    const { minReplicas, metrics } = find(objects, 'HorizontalPodAutoscaler', 'tributary-gateway').spec;
    const [container] = find(objects, 'Deployment', 'tributary-gateway').spec.template.spec.containers;
    const requested = Number.parseInt(container.resources.requests.memory, 10);
    const target = metrics.find((metric: Manifest) => metric.containerResource?.name === 'memory');
    const utilization = (100 * IDLE_GATEWAY_MIB) / requested;
    const pods = minReplicas + 1;
    // What the HPA computes: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
    const wanted = Math.ceil((pods * utilization) / target.containerResource.target.averageUtilization);
    expect(container.resources.requests.memory).toBe(`${requested}Mi`);
    expect(wanted).toBeLessThan(pods);
  });

  it('makes another Job for other roles, as a Job cannot be changed', () => {
    const job = (values: object) => render(values).find(({ kind }) => kind === 'Job').metadata.name;
    expect(job({})).toBe(job({ demoData: false }));
    expect(job({ services: { reviews: {} }, edges: { reviews: { database: true } } })).not.toBe(job({}));
  });

  it('connects so few times to a small PostgreSQL that every pod finds a connection', () => {
    const objects = render();
    const allowed = find(objects, 'StatefulSet', 'tributary-postgres').spec.template.spec.containers[0].args;
    const most = objects
      .filter(({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && !metadata.name.endsWith('-gateway'))
      .reduce((sum, { spec }) => sum + spec.maxReplicas * 6, 0);
    expect(Number(/max_connections=(\d+)/.exec(allowed)?.[1])).toBeGreaterThan(most);
    expect(configOf(objects, 'orders')).toContain('poolSize: 5');
    expect(configOf(render({}, [exampleFile('production')]), 'orders')).not.toContain('poolSize');
  });

  it('shares rate limits in a Redis of its own, in another one, or not at all', () => {
    const redisOf = (values: object, service = 'gateway') => {
      const [container] = find(render(values), 'Deployment', `tributary-${service}`).spec.template.spec.containers;
      return container.env.filter(({ name }: { name: string }) => name.includes('REDIS'));
    };
    const secret = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
    expect(redisOf({})).toEqual([]);
    expect(redisOf({ redis: { enabled: true } })).toEqual([
      { name: 'REDIS_PASSWORD', ...secret('tributary-redis', 'password') },
      { name: 'TRIBUTARY_RATE_LIMIT__REDIS__URL', value: 'redis://:$(REDIS_PASSWORD)@tributary-redis:6379' },
    ]);
    expect(redisOf({ redis: { external: { existingSecret: 'limits' } } })).toEqual([
      { name: 'TRIBUTARY_RATE_LIMIT__REDIS__URL', ...secret('limits', 'url') },
    ]);
    expect(redisOf({ redis: { enabled: true } }, 'users')).toEqual([]);
  });

  it('believes what proxies of private networks say of clients, and only the one that the gateway was asked by', () => {
    const { server } = gatewayConfig.parse(parse(configOf(render(), 'gateway')));
    const trusted = blockListOf(server.trustedProxies);
    for (const address of ['10.1.2.3', '172.16.0.1', '192.168.1.1', '127.0.0.6'])
      expect(trusted.check(address)).toBe(true);
    expect(trusted.check('::6', 'ipv6')).toBe(true);
    for (const address of ['203.0.113.9', '172.32.0.1']) expect(trusted.check(address)).toBe(false);
    expect(server.trustedHops).toBe(1);
  });

  it('leaves nothing of evaluation in production', () => {
    const objects = render({}, [exampleFile('production')]);
    const names = objects.map(({ metadata }) => metadata.name);
    for (const part of ['postgres', 'nats', 'redis', 'sandbox-provider', 'provision']) {
      expect(names.filter((name) => name.startsWith(`tributary-${part}`) && !name.includes('-from-'))).toEqual(
        // The mesh knows what is outside by these names.
        ['nats', 'postgres', 'redis'].includes(part) ? [`tributary-${part}`] : [],
      );
    }
    expect(objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Secret')).toEqual([]);
    expect(configOf(objects, 'users')).not.toContain('demoData');
    expect(configOf(objects, 'notifications')).toContain('transport: smtp');
  });
});

describe('helm test', () => {
  it('buys something', () => {
    const [container] = find(render(), 'Pod', 'tributary-helm-test').spec.containers;
    expect(container.args).toEqual(['dist/demo.js', '--url', '$(GATEWAY)']);
  });

  it.each([
    ['an answer', '{"data":{"__typename":"Query"}}', 0],
    ['an error', '{"errors":[{"message":"no"}]}', 1],
    ['no JSON', 'upstream connect error', 1],
  ])('or asks, where there are customers: %s', async (_, answer, status) => {
    const [container] = find(render({ helmTest: { kind: 'query' } }), 'Pod', 'tributary-helm-test').spec.containers;
    const server = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const GATEWAY = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(process.execPath, container.args, { env: { GATEWAY }, stdio: 'ignore' });
    const [code] = await once(child, 'close');
    server.close();
    expect(code).toBe(status);
  });
});

describe('the notes', () => {
  const notes = (values: object = {}, valuesFiles: string[] = []) =>
    renderChart({ chart: UMBRELLA, values, valuesFiles }).notes;

  it('warn of what is for evaluation, and only of what is on', () => {
    for (const word of [
      'postgres.enabled',
      'nats.enabled',
      'sandboxProvider.enabled',
      'demoData',
      'istio.enabled is false',
    ]) {
      expect(notes(), word).toContain(`! ${word}`);
    }
    const production = notes({ defaults: { autoscaling: { metrics: 'keda' } } }, [exampleFile('production')]);
    expect(production).not.toContain('  ! ');
  });

  it('say what an uninstallation leaves', () => {
    expect(notes()).toMatch(/helm uninstall tributary -n shop` leaves/);
    expect(notes()).toContain('get pvc -l app.kubernetes.io/part-of=tributary');
  });
});
