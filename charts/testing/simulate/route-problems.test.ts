import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { routeProblems } from './route-problems.ts';

const object = (kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: { Service: 'v1', Deployment: 'apps/v1' }[kind] ?? 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});

const deployment = (version: string) =>
  object('Deployment', `users-${version}`, {
    template: { metadata: { labels: { app: 'users', version } }, spec: { containers: [{}] } },
  });
const service = object('Service', 'users', { selector: { app: 'users' }, ports: [{ port: 80 }] });
const subset = (name: string, labels: object = { version: name }) => ({ name, labels });
const destinationRule = object('DestinationRule', 'users', { host: 'users', subsets: [subset('v1'), subset('v2')] });

const to = (name: string, weight?: number, host = 'users') => ({
  destination: { host, subset: name },
  ...(weight !== undefined && { weight }),
});
const canary = { name: 'canary', match: [{ headers: { canary: { exact: 'true' } } }], route: [to('v2')] };
const stable = {
  name: 'stable',
  route: [to('v1', 90), to('v2', 10)],
  retries: { attempts: 2, retryOn: 'connect-failure,refused-stream' },
};

const virtualService = (http: object[], more: object = {}) =>
  object('VirtualService', 'users', { hosts: ['users'], http, ...more });
const world = (...objects: KubernetesObject[]) => [
  service,
  deployment('v1'),
  deployment('v2'),
  destinationRule,
  ...objects,
];
const problems = (...http: object[]) => routeProblems(world(virtualService(http)));

describe('routeProblems', () => {
  it('finds nothing in a canary by header and by weight', () => {
    expect(problems(canary, stable)).toEqual([]);
  });

  it.each<[string, object[], string[]]>([
    ['a shadowed rule', [stable, canary], ['users canary match[0]: never matches, stable takes it all']],
    [
      'a shadowed alternative',
      [
        canary,
        {
          ...canary,
          name: 'more',
          match: [{ uri: { exact: '/x' } }, { ...canary.match[0], method: { exact: 'GET' } }],
        },
        stable,
      ],
      ['users more match[1]: never matches, canary takes it all'],
    ],
    [
      'an ambiguous rule',
      [canary, { ...canary, name: 'again' }, stable],
      ['users again match[0]: the same match as canary'],
    ],
    ['no catch-all for a Service', [canary], ['users: no rule takes what the others leave']],
    ['a rule that leads nowhere', [canary, { name: 'empty' }], ['users empty: it leads nowhere']],
    [
      'an unknown host',
      [{ name: 'r', route: [{ destination: { host: 'nobody' } }] }],
      ['users r: no Service or ServiceEntry is nobody.shop.svc.cluster.local'],
    ],
    [
      'an unknown host of a mirror',
      [{ ...stable, mirror: { host: 'nobody' } }],
      ['users stable: no Service or ServiceEntry is nobody.shop.svc.cluster.local'],
    ],
    [
      'an unknown port',
      [{ name: 'r', route: [{ destination: { host: 'users', port: { number: 81 } } }] }],
      ['users r: users.shop.svc.cluster.local has no port 81'],
    ],
    [
      'an unknown subset',
      [{ name: 'r', route: [to('v3')] }],
      ['users r: no DestinationRule has the subset v3 of users.shop.svc.cluster.local'],
    ],
    [
      'weights below 100',
      [{ name: 'r', route: [to('v1', 90), to('v2', 9)] }],
      ['users r: its weights sum up to 99, not 100'],
    ],
    [
      'a missing weight, which is 0',
      [{ name: 'r', route: [to('v1', 90), to('v2')] }],
      ['users r: its weights sum up to 90, not 100'],
    ],
    ['a negative weight', [{ name: 'r', route: [to('v1', 110), to('v2', -10)] }], ['users r: a weight is negative']],
    [
      'a match for a gateway of others',
      [{ ...canary, match: [{ gateways: ['public'] }] }, stable],
      ['users canary: its match is for the gateway public, which the VirtualService is not for'],
    ],
    [
      'a time-out of a WebSocket',
      [{ ...canary, match: [{ headers: { upgrade: { exact: 'websocket' } } }], timeout: '30s' }, stable],
      ['users canary: it has a time-out, and is for streams'],
    ],
    [
      'a time-out of an event stream',
      [{ ...canary, match: [{ headers: { accept: { regex: '.*text/event-stream.*' } } }], timeout: '0.5s' }, stable],
      ['users canary: it has a time-out, and is for streams'],
    ],
    [
      'a time-out of zero is none',
      [{ ...canary, match: [{ headers: { upgrade: { exact: 'websocket' } } }], timeout: '0s' }, stable],
      [],
    ],
  ])('%s', (_, http, expected) => {
    expect(problems(...http)).toEqual(expected);
  });

  it.each<[string | undefined, object, string[]]>([
    ['5xx', {}, ['users stable: it repeats POST requests on 5xx']],
    [
      'gateway-error,reset',
      {},
      ['users stable: it repeats POST requests on gateway-error', 'users stable: it repeats POST requests on reset'],
    ],
    ['connect-failure, 503', {}, ['users stable: it repeats POST requests on 503']],
    ['connect-failure,refused-stream,reset-before-request', {}, []],
    [undefined, {}, ['users stable: its retries do not say on what']],
    ['5xx', { match: [{ method: { exact: 'GET' } }] }, []],
    [
      '5xx',
      { match: [{ method: { exact: 'GET' } }, { method: { regex: 'P.*' } }] },
      ['users stable: it repeats POST requests on 5xx'],
    ],
    ['5xx', { retries: { attempts: 0, retryOn: '5xx' } }, []],
  ])('retries on %s with %j', (retryOn, more, expected) => {
    const rule = { ...stable, retries: { attempts: 2, ...(retryOn && { retryOn }) }, ...more };
    expect(problems(rule, ...('match' in more ? [{ route: [to('v1')] }] : []))).toEqual(expected);
  });

  it.each<[string, object, string[]]>([
    ['only at a gateway: any host, no catch-all', { hosts: ['a.org'], gateways: ['public'] }, []],
    [
      'a host of the mesh that nobody is',
      { hosts: ['users', 'nobody.org'] },
      ['users: no rule takes what the others leave', 'users: no Service or ServiceEntry is nobody.org'],
    ],
    ['a ServiceEntry’s host needs no catch-all', { hosts: ['api.pay.org'] }, []],
  ])('hosts: %s', (_, more, expected) => {
    const entry = object('ServiceEntry', 'pay', { hosts: ['*.pay.org'] });
    expect(routeProblems(world(virtualService([canary], more), entry))).toEqual(expected);
  });

  it('finds a catch-all that is only for a gateway', () => {
    const http = [canary, { ...stable, match: [{ gateways: ['public'] }] }];
    expect(routeProblems(world(virtualService(http, { gateways: ['public', 'mesh'] })))).toEqual([
      'users: no rule takes what the others leave',
    ]);
  });

  it('finds a gateway that may not see it', () => {
    const more = { hosts: ['a.org'], gateways: ['public'] };
    expect(routeProblems(world(virtualService([stable], { ...more, exportTo: ['.'] })))).toEqual([
      'users: the proxies of shop/public see it only in the namespaces .',
    ]);
    expect(routeProblems(world(virtualService([stable], { ...more, exportTo: ['*'] })))).toEqual([]);
    expect(routeProblems(world(virtualService([stable], { exportTo: ['.'] })))).toEqual([]);
  });

  it('finds a host that two have', () => {
    const other = object('VirtualService', 'other', { hosts: ['users.shop.svc.cluster.local'], http: [stable] });
    expect(routeProblems(world(virtualService([stable]), other))).toEqual([
      'other: users has users.shop.svc.cluster.local on mesh too',
    ]);
  });

  it('finds a subset without a pod', () => {
    expect(routeProblems([service, deployment('v1'), destinationRule, virtualService([canary, stable])])).toEqual([
      'users canary: no pod is in the subset v2 of users.shop.svc.cluster.local',
      'users stable: no pod is in the subset v2 of users.shop.svc.cluster.local',
    ]);
  });

  it('finds a Service of several ports where none is named', () => {
    const two = object('Service', 'users', { selector: { app: 'users' }, ports: [{ port: 80 }, { port: 81 }] });
    expect(
      routeProblems([
        two,
        deployment('v1'),
        virtualService([{ name: 'r', route: [{ destination: { host: 'users' } }] }]),
      ]),
    ).toEqual(['users r: users.shop.svc.cluster.local has several ports, and none is named']);
  });

  it('knows each port of a Service, and a catch-all among alternatives', () => {
    const two = object('Service', 'users', { selector: { app: 'users' }, ports: [{ port: 80 }, { port: 81 }] });
    const match = [{ method: { exact: 'GET' } }, { uri: { prefix: '/' } }];
    const http = [{ match, route: [{ destination: { host: 'users', port: { number: 81 } } }] }];
    expect(routeProblems([two, deployment('v1'), virtualService(http)])).toEqual([]);
  });

  it('does not take every accept header for a stream', () => {
    const json = { match: [{ headers: { accept: { exact: 'application/json' } } }], route: [to('v1')], timeout: '30s' };
    expect(problems(json, stable)).toEqual([]);
  });

  it('finds a DestinationRule for nobody, and refuses two for one host', () => {
    const stray = object('DestinationRule', 'stray', { host: 'nobody' });
    expect(routeProblems(world(stray))).toEqual([
      'DestinationRule stray: no Service or ServiceEntry is nobody.shop.svc.cluster.local',
    ]);
    expect(() => routeProblems(world({ ...destinationRule, metadata: { name: 'two', namespace: 'shop' } }))).toThrow(
      'DestinationRule two: another one is for users.shop.svc.cluster.local too',
    );
  });

  it('follows streams to their rules', () => {
    const stream = {
      host: 'users',
      path: '/graphql',
      method: 'GET',
      headers: { upgrade: 'websocket' },
      gateway: 'mesh',
    };
    const open = { name: 'open', match: [{ headers: { upgrade: { exact: 'websocket' } } }], route: [to('v1')] };
    const timed = { ...stable, timeout: '30s' };
    expect(routeProblems(world(virtualService([open, timed])), [stream])).toEqual([]);
    expect(routeProblems(world(virtualService([timed])), [stream, { ...stream, host: 'nobody' }])).toEqual([
      'stream GET users/graphql on mesh: shop/users: stable has a time-out',
      'stream GET nobody/graphql on mesh: no route',
    ]);
  });
});
