import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { type RouteRequest, routeOf } from './route-of.ts';
import { virtualServicesOf } from './virtual-service.ts';

const object = (kind: string, name: string, spec: object, namespace = 'shop'): KubernetesObject => ({
  apiVersion: kind === 'Service' ? 'v1' : 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace },
  spec,
});

const service = (name: string, namespace?: string) =>
  object('Service', name, { selector: { app: name }, ports: [{ port: 80 }] }, namespace);
const virtualService = (spec: object, name = 'routes') => object('VirtualService', name, spec);

/** A rule whose name tells where a request has gone. */
const rule = (name: string, ...match: object[]) => ({
  name,
  ...(match.length > 0 && { match }),
  route: [{ destination: { host: 'users' } }],
});

const users = 'users.shop.svc.cluster.local';
const inMesh: RouteRequest = { host: 'users', path: '/graphql', method: 'POST', headers: {}, gateway: 'mesh' };

const taken = (rules: object[], request: Partial<RouteRequest> = {}): string | undefined =>
  routeOf({ ...inMesh, ...request }, [service('users'), virtualService({ hosts: ['users'], http: rules })])?.route;

describe('which rule matches', () => {
  const rest = rule('rest');
  const canary = rule('canary', { headers: { canary: { exact: 'true' } } });
  const first = (match: object, request: Partial<RouteRequest> = {}) => taken([rule('first', match), rest], request);
  it.each<[string, string, string | undefined]>([
    [
      'the first rule matching an incoming request is used',
      'canary',
      taken([canary, rest], { headers: { canary: 'true' } }),
    ],
    ['even when a later one is more specific', 'rest', taken([rest, canary], { headers: { canary: 'true' } })],
    ['a rule without match takes everything', 'rest', taken([canary, rest])],
    [
      'all conditions inside a single match block have AND semantics',
      'rest',
      first({ uri: { exact: '/graphql' }, method: { exact: 'GET' } }),
    ],
    [
      'while the list of match blocks have OR semantics',
      'both',
      taken([rule('both', { method: { exact: 'GET' } }, { uri: { exact: '/graphql' } }), rest]),
    ],
    ['uri: exact', 'first', first({ uri: { exact: '/graphql' } })],
    ['uri: the query is no part of it', 'first', first({ uri: { exact: '/graphql' } }, { path: '/graphql?x=1' })],
    ['uri: exact is not a prefix', 'rest', first({ uri: { exact: '/graph' } })],
    ['uri: prefix, not by segments', 'first', first({ uri: { prefix: '/graph' } })],
    ['uri: regex, the whole path', 'rest', first({ uri: { regex: '/graph' } })],
    ['uri: regex', 'first', first({ uri: { regex: '/gra.*' } })],
    ['uri: values are case-sensitive', 'rest', first({ uri: { exact: '/GraphQL' } })],
    ['uri: but for ignoreUriCase', 'first', first({ uri: { exact: '/GraphQL' }, ignoreUriCase: true })],
    ['method: case-sensitive', 'rest', first({ method: { exact: 'post' } })],
    ['authority', 'first', first({ authority: { prefix: 'users' } })],
    [
      'headers: the value is case-sensitive',
      'rest',
      first({ headers: { canary: { exact: 'true' } } }, { headers: { canary: 'TRUE' } }),
    ],
    [
      'headers: the name is not',
      'first',
      first({ headers: { canary: { exact: 'true' } } }, { headers: { Canary: 'true' } }),
    ],
    ['headers: prefix', 'first', first({ headers: { agent: { prefix: 'curl/' } } }, { headers: { agent: 'curl/8' } })],
    ['headers: regex', 'first', first({ headers: { id: { regex: '[0-9]+' } } }, { headers: { id: '42' } })],
    [
      'headers: if the value is empty, presence of the header is checked',
      'first',
      first({ headers: { canary: {} } }, { headers: { canary: '' } }),
    ],
    ['headers: a missing one', 'rest', first({ headers: { canary: {} } })],
    [
      'withoutHeaders: a header that matches excludes',
      'rest',
      first({ withoutHeaders: { canary: { exact: 'true' } } }, { headers: { canary: 'true' } }),
    ],
    [
      'withoutHeaders: another value does not',
      'first',
      first({ withoutHeaders: { canary: { exact: 'true' } } }, { headers: { canary: 'no' } }),
    ],
    ['withoutHeaders: a missing one does not', 'first', first({ withoutHeaders: { canary: {} } })],
    [
      'sourceLabels: all of them',
      'first',
      first({ sourceLabels: { app: 'gateway' } }, { sourceLabels: { app: 'gateway', version: 'v2' } }),
    ],
    ['sourceLabels: of another workload', 'rest', first({ sourceLabels: { app: 'gateway' } })],
    ['gateways: of the match', 'rest', first({ gateways: ['public'] })],
    ['gateways: mesh', 'first', first({ gateways: ['mesh'] })],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(`shop/routes: ${expected}`);
  });

  it('finds none where no rule matches', () => {
    expect(taken([canary])).toBeUndefined();
  });
});

describe('which VirtualService is for a host', () => {
  const at = (gateway: string, host: string, ...objects: KubernetesObject[]) =>
    routeOf({ ...inMesh, gateway, host }, objects)?.route;
  const own = (host: string, name: string, gateways?: string[]) =>
    virtualService({ hosts: [host], ...(gateways && { gateways }), http: [rule('rule')] }, name);

  it.each<[string, string | undefined, string | undefined]>([
    [
      'an exact host is preferred',
      'shop/exact: rule',
      at('in', 'a.example.org', own('*.example.org', 'wide', ['in']), own('a.example.org', 'exact', ['in'])),
    ],
    [
      'a longer wildcard is preferred to a shorter',
      'shop/long: rule',
      at('in', 'a.b.org', own('*', 'any', ['in']), own('*.b.org', 'long', ['in'])),
    ],
    ['the case of a host does not count', 'shop/exact: rule', at('in', 'A.Org', own('a.org', 'exact', ['in']))],
    ['the port of a host does not count', 'shop/exact: rule', at('in', 'a.org:443', own('a.org', 'exact', ['in']))],
    ['without gateways it is for the mesh', undefined, at('in', 'a.org', own('a.org', 'mesh'))],
    ['with gateways it is not', 'default', at('mesh', 'users', service('users'), own('users', 'in', ['in']))],
    ['a gateway is one of the own namespace', 'shop/x: rule', at('shop/in', 'a.org', own('a.org', 'x', ['in']))],
    ['unless it says another', undefined, at('shop/in', 'a.org', own('a.org', 'x', ['other/in']))],
    [
      'the reserved word mesh beside a gateway',
      'shop/x: rule',
      at('mesh', 'users', service('users'), own('users', 'x', ['in', 'mesh'])),
    ],
    [
      'short names are in the namespace of the rule',
      'shop/x: rule',
      at('mesh', 'users.shop', service('users'), own('users', 'x')),
    ],
    ['a Service by its full name', 'shop/x: rule', at('mesh', `${users}:80`, service('users'), own(users, 'x'))],
    ['a Service that none is about gets its own traffic', 'default', at('mesh', 'users', service('users'))],
    ['a host that nobody knows', undefined, at('mesh', 'nobody', service('users'))],
    [
      'a gateway that serves the host',
      'shop/x: rule',
      at(
        'in',
        'a.org',
        own('a.org', 'x', ['in']),
        object('Gateway', 'in', { selector: {}, servers: [{ port: {}, hosts: ['shop/*.org'] }] }),
      ),
    ],
    [
      'a gateway that does not',
      undefined,
      at(
        'in',
        'a.org',
        own('a.org', 'x', ['in']),
        object('Gateway', 'in', { selector: {}, servers: [{ port: {}, hosts: ['b.org'] }] }),
      ),
    ],
    ['a Service among others', 'default', at('mesh', 'users', service('orders'), service('users'))],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });

  it('is seen from the namespaces that it is exported to', () => {
    const from = (place: string | undefined, exportTo?: string[]) =>
      routeOf({ ...inMesh, ...(place && { from: place }) }, [
        service('users'),
        virtualService({ hosts: ['users'], http: [rule('rule')], ...(exportTo && { exportTo }) }),
      ])?.route;
    expect(from('other')).toBe('shop/routes: rule');
    expect(from('other', ['*'])).toBe('shop/routes: rule');
    expect(from('other', ['.'])).toBe('default');
    expect(from('shop', ['.'])).toBe('shop/routes: rule');
    expect(from('other', ['.', 'other'])).toBe('shop/routes: rule');
    expect(from(undefined, ['.'])).toBe('shop/routes: rule');
  });

  it('refuses two VirtualServices that overlap on one gateway', () => {
    expect(() => at('mesh', 'users', service('users'), own('users', 'one'), own(users, 'two'))).toThrow(
      `host ${users} on mesh: one, two all have it`,
    );
  });

  it('refuses a short name of two Services', () => {
    expect(() => at('mesh', 'users', service('users'), service('users', 'other'))).toThrow('several namespaces');
  });
});

describe('what a rule does', () => {
  const routed = (more: object, path = '/graphql?x=1') =>
    routeOf({ ...inMesh, path }, [
      service('users'),
      virtualService({ hosts: ['users'], http: [{ ...rule('r'), ...more }] }),
    ]);

  it('splits by weight between subsets, with full names', () => {
    const destination = { host: 'users', port: { number: 80 } };
    const headers = { request: { set: { canary: 'true' } } };
    const route = [
      { destination: { ...destination, subset: 'v1' }, weight: 90 },
      { destination: { ...destination, subset: 'v2' }, weight: 10, headers },
    ];
    expect(routed({ route })?.destinations).toEqual([
      { host: users, subset: 'v1', port: 80, weight: 90, headers: undefined },
      { host: users, subset: 'v2', port: 80, weight: 10, headers },
    ]);
  });

  it('if there is only one destination in a rule, the weight value is assumed to be 100', () => {
    expect(routed({})?.destinations).toMatchObject([{ host: users, weight: 100 }]);
  });

  it('hands over its time-out, retries and faults', () => {
    const retries = { attempts: 2, retryOn: 'connect-failure' };
    const fault = { abort: { httpStatus: 503 } };
    expect(routed({ timeout: '5s', retries, fault })?.rule).toMatchObject({ timeout: '5s', retries, fault });
  });

  it.each<[string, string, object]>([
    ['no rewrite', '/graphql?x=1', {}],
    ['a prefix is replaced', '/v2/graphql?x=1', { match: [{ uri: { prefix: '/' } }], rewrite: { uri: '/v2/' } }],
    [
      'the whole of an exact path',
      '/query?x=1',
      { match: [{ uri: { exact: '/graphql' } }], rewrite: { uri: '/query' } },
    ],
    ['without a match the prefix is /', '/v2/graphql?x=1', { rewrite: { uri: '/v2/' } }],
  ])('rewrites the path: %s', (_, expected, more) => {
    expect(routed(more)?.path).toBe(expected);
  });

  it('rewrites the authority, else keeps it', () => {
    expect(routed({ rewrite: { authority: 'users.example.org' } })?.authority).toBe('users.example.org');
    expect(routed({})?.authority).toBe('users');
  });
});

describe('a VirtualService that is not understood', () => {
  it.each<[string, object]>([
    ['http[0].match[0]: it is empty', { hosts: ['users'], http: [rule('r', { name: 'n' })] }],
    ['queryParams: this field is not simulated', { hosts: ['users'], http: [rule('r', { queryParams: {} })] }],
    ['spec.tcp: this field is not simulated', { hosts: ['users'], tcp: [] }],
    ['header Canary is not lower case', { hosts: ['users'], http: [rule('r', { headers: { Canary: {} } })] }],
    ['exportTo[0]: it is exported to nobody', { hosts: ['users'], exportTo: ['~'] }],
  ])('is refused: %s', (message, spec) => {
    expect(() => virtualServicesOf([virtualService(spec)])).toThrow(message);
  });
});
