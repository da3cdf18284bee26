import { describe, expect, it } from 'vitest';
import { renderChart } from '../testing/render-chart.ts';
import { httpRouteOf } from '../testing/simulate/http-route-of.ts';
import { httpRouteProblems } from '../testing/simulate/http-route-problems.ts';
import { type RouteRequest, routeOf } from '../testing/simulate/route-of.ts';
import { routeProblems } from '../testing/simulate/route-problems.ts';
import { exampleFile, UMBRELLA } from './value-cases.ts';

const CANARY = { canary: { enabled: true, weight: 10, image: { tag: 'next' } } };
const values = { services: { gateway: CANARY, orders: { canary: { ...CANARY.canary, weight: 25 } } } };
const objects = (given: object) =>
  renderChart({ chart: UMBRELLA, valuesFiles: [exampleFile('staging')], values: { ...values, ...given } }).objects;

const HOST = 'shop.staging.example.com';
const WEBSOCKET = { upgrade: 'websocket', connection: 'upgrade' };
const STREAM = { accept: 'text/event-stream' };
const DEFER = { accept: 'multipart/mixed;deferSpec=20220824, application/json' };

const request = (given: Partial<RouteRequest> = {}): RouteRequest => ({
  host: HOST,
  path: '/graphql',
  method: 'POST',
  headers: {},
  gateway: 'tributary-ingress',
  ...given,
});
const mesh = (service: string, headers: Record<string, string> = {}) =>
  request({ host: `tributary-${service}.shop.svc.cluster.local`, gateway: 'mesh', headers });

const STREAMS = [WEBSOCKET, STREAM, DEFER].flatMap((headers) => [
  request({ headers }),
  request({ headers: { ...headers, canary: 'true' } }),
]);

describe('through the ingress', () => {
  const all = objects({});
  const routed = (given: RouteRequest) => {
    const route = routeOf(given, all);
    const to = route?.destinations.map(({ host, subset, weight }) => `${host.split('.')[0]} ${subset} ${weight}`);
    return route && [to, route.rule?.timeout ?? 'none'];
  };
  const byWeight = ['tributary-gateway v1 90', 'tributary-gateway v2 10'];
  const canary = ['tributary-gateway v2 100'];

  it.each<[string, RouteRequest, unknown]>([
    ['a query', request(), [byWeight, '15s']],
    ['the start page', request({ method: 'GET', path: '/' }), [byWeight, '15s']],
    ['a version line by REST', request({ method: 'GET', path: '/v1/products?first=3' }), [byWeight, '15s']],
    ['a webhook', request({ path: '/webhooks/payments' }), [byWeight, '15s']],
    ['the canary’s header', request({ headers: { canary: 'true' } }), [canary, '15s']],
    ['the header in other words', request({ headers: { canary: 'True' } }), [byWeight, '15s']],
    ['another value of it', request({ headers: { canary: 'true, false' } }), [byWeight, '15s']],
    ['an empty one', request({ headers: { canary: '' } }), [byWeight, '15s']],
    ['a WebSocket', request({ method: 'GET', headers: WEBSOCKET }), [byWeight, 'none']],
    [
      'a WebSocket of the canary',
      request({ method: 'GET', headers: { ...WEBSOCKET, canary: 'true' } }),
      [canary, 'none'],
    ],
    ['an event stream', request({ headers: STREAM }), [byWeight, 'none']],
    ['a deferred answer of the canary', request({ headers: { ...DEFER, canary: 'true' } }), [canary, 'none']],
    ['another host', request({ host: 'evil.example.com' }), undefined],
  ])('%s', (_, given, expected) => {
    expect(routed(given)).toEqual(expected);
  });

  it('what the weight gives the canary is marked, so that its subgraphs are the canary’s too', () => {
    expect(routeOf(request(), all)?.rule?.route).toEqual([
      expect.not.objectContaining({ headers: expect.anything() }),
      expect.objectContaining({ headers: { request: { set: { canary: 'true' } } } }),
    ]);
  });
});

describe('between services', () => {
  const all = objects({});
  const subsets = (given: RouteRequest) =>
    routeOf(given, all)?.destinations.map(({ subset, weight }) => [subset, weight]);

  it('the header reaches a subgraph’s canary, whoever hands it on', () => {
    expect(subsets(mesh('orders', { canary: 'true' }))).toEqual([['v2', 100]]);
    expect(subsets(mesh('orders'))).toEqual([
      ['v1', 75],
      ['v2', 25],
    ]);
  });

  it('a subgraph without a canary answers it all the same', () => {
    expect(subsets(mesh('users', { canary: 'true' }))).toEqual([['v1', 100]]);
  });

  it('nothing is sent twice that may have been done', () => {
    for (const service of ['gateway', 'orders', 'users', 'payments', 'inventory', 'notifications']) {
      const { rule } = routeOf(mesh(service), all) ?? {};
      expect((rule as { retries: object }).retries).toEqual({ attempts: 2, retryOn: 'connect-failure,refused-stream' });
    }
  });
});

describe('Gateway API', () => {
  const all = objects({ istio: { ingress: { api: 'gateway-api', hosts: [HOST] } } });
  const backends = (headers: Record<string, string>) =>
    httpRouteOf({ host: HOST, path: '/graphql', method: 'POST', headers, gateway: 'tributary-ingress' }, all);

  it.each<[string, Record<string, string>, string]>([
    ['by weight', {}, 'v1 90, v2 10'],
    ['by header', { canary: 'true' }, 'v2 100'],
    ['a stream by header', { ...STREAM, canary: 'true' }, 'v2 100'],
  ])('%s', (_, headers, expected) => {
    const found = JSON.stringify(backends(headers));
    for (const part of expected.split(', ')) {
      const [version, weight] = part.split(' ');
      expect(found).toContain(`tributary-gateway-${version}`);
      if (weight !== '100') expect(found).toContain(`"weight":${weight}`);
    }
    if (expected === 'v2 100') expect(found).not.toContain('tributary-gateway-v1');
  });

  it('has no rule that cannot match, that two match alike, or that ends a stream', () => {
    expect(httpRouteProblems(all, STREAMS)).toEqual([]);
  });
});

it('has no route in staging that is shadowed or ambiguous, or ends a stream', () => {
  expect(routeProblems(objects({}), STREAMS)).toEqual([]);
});
