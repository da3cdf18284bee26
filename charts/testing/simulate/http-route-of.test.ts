import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { httpRoutesOf } from './http-route.ts';
import { httpRouteOf } from './http-route-of.ts';

const httpRoute = (rules: object[], more: object = {}, name = 'routes'): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name, namespace: 'shop' },
  spec: { parentRefs: [{ name: 'public' }], rules, ...more },
});

const rule = (name: string, ...matches: object[]) => ({
  name,
  ...(matches.length > 0 && { matches }),
  backendRefs: [{ name: 'gateway', port: 80 }],
});

type Request = Parameters<typeof httpRouteOf>[0];
const request: Request = {
  host: 'api.example.org',
  path: '/graphql',
  method: 'POST',
  headers: {},
  gateway: 'shop/public',
};

const taken = (rules: object[], more: Partial<Request> = {}) =>
  httpRouteOf({ ...request, ...more }, [httpRoute(rules)])?.route.replace('shop/routes: ', '');

const exact = { path: { type: 'Exact', value: '/graphql' } };
const prefix = (value: string) => ({ path: { type: 'PathPrefix', value } });
const canary = { headers: [{ name: 'Canary', value: 'true' }] };

describe('what a match matches', () => {
  const matches = (match: object, more: Partial<Request> = {}) => taken([rule('it', match)], more) === 'it';
  it.each<[string, boolean, boolean]>([
    ['if no matches are specified, the default is a prefix path match on "/"', true, taken([rule('it')]) === 'it'],
    ['exact', true, matches(exact)],
    ['exact: with a query', true, matches(exact, { path: '/graphql?x=1' })],
    ['exact: a trailing slash is another path', false, matches(exact, { path: '/graphql/' })],
    ['a prefix of whole path elements', true, matches(prefix('/graphql'), { path: '/graphql/x' })],
    ['and not of a part of one', false, matches(prefix('/graph'))],
    ['a trailing slash of the prefix is ignored', true, matches(prefix('/graphql/'))],
    ['the type defaults to PathPrefix', true, matches({ path: { value: '/graphql' } }, { path: '/graphql/x' })],
    ['the method', false, matches({ method: 'GET' })],
    ['the name of a header has no case', true, matches(canary, { headers: { cANARY: 'true' } })],
    ['its value has', false, matches(canary, { headers: { canary: 'TRUE' } })],
    [
      'headers: all of them',
      false,
      matches({ headers: [...canary.headers, { name: 'b', value: '1' }] }, { headers: { canary: 'true' } }),
    ],
    [
      'of several entries with the same name only the first counts',
      true,
      matches({ headers: [...canary.headers, { name: 'canary', value: 'no' }] }, { headers: { canary: 'true' } }),
    ],
    [
      'a header by an expression, the whole value',
      false,
      matches({ headers: [{ name: 'a', type: 'RegularExpression', value: '[0-9]' }] }, { headers: { a: '12' } }),
    ],
    ['conditions of a match are ANDed', false, matches({ ...exact, method: 'GET' })],
    ['matches are ORed', true, taken([rule('it', { method: 'GET' }, exact)]) === 'it'],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('precedence', () => {
  const withCanary = { headers: { canary: 'true', b: '1' } };
  it.each<[string, string, string | undefined]>([
    [
      'an exact path goes first',
      'exact',
      taken([rule('prefix', { ...prefix('/'), method: 'POST', ...canary }), rule('exact', exact)], withCanary),
    ],
    [
      'then the longest prefix',
      'long',
      taken([rule('short', { ...prefix('/'), method: 'POST' }), rule('long', prefix('/graphql'))]),
    ],
    [
      'then a method',
      'method',
      taken(
        [rule('header', { ...prefix('/'), ...canary }), rule('method', { ...prefix('/'), method: 'POST' })],
        withCanary,
      ),
    ],
    [
      'then the largest number of headers',
      'two',
      taken(
        [rule('one', canary), rule('two', { headers: [...canary.headers, { name: 'b', value: '1' }] })],
        withCanary,
      ),
    ],
    [
      'then the first rule',
      'a',
      taken([rule('a', canary), rule('b', { headers: [{ name: 'b', value: '1' }] })], withCanary),
    ],
    [
      'the better of a rule’s matches counts',
      'b',
      taken([rule('a', prefix('/graphql')), rule('b', prefix('/x'), exact)]),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });

  const among = (...objects: KubernetesObject[]) => httpRouteOf(request, objects)?.route;
  const hosts = (...hostnames: string[]) => ({ hostnames });
  it.each<[string, string, string | undefined]>([
    [
      'an exact host name goes before a wildcard',
      'shop/b: r',
      among(
        httpRoute([rule('r', exact)], hosts('*.example.org'), 'a'),
        httpRoute([rule('r')], hosts('api.example.org'), 'b'),
      ),
    ],
    [
      'a longer wildcard before a shorter',
      'shop/b: r',
      among(httpRoute([rule('r')], hosts('*.org'), 'a'), httpRoute([rule('r')], hosts('*.example.org'), 'b')),
    ],
    [
      'any host name before none',
      'shop/b: r',
      among(httpRoute([rule('r')], {}, 'a'), httpRoute([rule('r')], hosts('*.org'), 'b')),
    ],
    [
      'the alphabet decides between equals',
      'shop/a: r',
      among(httpRoute([rule('r')], {}, 'b'), httpRoute([rule('r')], {}, 'a')),
    ],
    [
      'across routes the better match goes first',
      'shop/b: r',
      among(httpRoute([rule('r')], {}, 'a'), httpRoute([rule('r', exact)], {}, 'b')),
    ],
    [
      'a route whose host names are others does not count',
      'shop/b: r',
      among(
        httpRoute([rule('r', exact)], hosts('www.example.org'), 'a'),
        httpRoute([rule('r')], {}, 'b'),
        httpRoute([rule('r', exact)], hosts('x.org'), 'c'),
      ),
    ],
  ])('between routes: %s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });

  it('prefers an exact host name to a wildcard of the same length', () => {
    const objects = [
      httpRoute([rule('r', exact)], hosts('*.example.org'), 'a'),
      httpRoute([rule('r')], hosts('a.example.org'), 'b'),
    ];
    expect(httpRouteOf({ ...request, host: 'a.example.org' }, objects)?.route).toBe('shop/b: r');
  });

  it('does not fall from a more specific host to a wildcard', () => {
    expect(
      among(
        httpRoute([rule('r')], hosts('*.org')),
        httpRoute([rule('r', { method: 'GET' })], hosts('api.example.org'), 'b'),
      ),
    ).toBeUndefined();
  });
});

describe('attachment', () => {
  const at = (parent: object, more: Partial<Request> = {}) =>
    httpRouteOf({ ...request, ...more }, [httpRoute([rule('r')], { parentRefs: [parent] })]) !== undefined;
  const mesh = { gateway: 'mesh', host: 'users.shop:80' };
  it.each<[string, boolean, boolean]>([
    ['a Gateway of the own namespace', true, at({ name: 'public' })],
    ['a Gateway of another one', false, at({ name: 'public', namespace: 'other' })],
    ['another Gateway', false, at({ name: 'private' })],
    ['a Service, for the mesh', true, at({ kind: 'Service', group: '', name: 'users' }, mesh)],
    ['another Service', false, at({ kind: 'Service', group: '', name: 'orders' }, mesh)],
    ['a Service is no gateway', false, at({ kind: 'Service', group: '', name: 'public' })],
    ['a Gateway is not the mesh', false, at({ name: 'users' }, mesh)],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });

  it('passes over a route whose host names are others', () => {
    expect(httpRouteOf(request, [httpRoute([rule('r')], { hostnames: ['www.example.org'] })])).toBeUndefined();
  });
});

describe('what a rule does', () => {
  const routed = (more: object, path = '/graphql/x?y=1') =>
    httpRouteOf({ ...request, path }, [httpRoute([{ ...rule('r', prefix('/graphql')), ...more }])]);
  const shares = (...weights: (number | undefined)[]) =>
    routed({
      backendRefs: weights.map((weight, index) => ({ name: `v${index}`, ...(weight !== undefined && { weight }) })),
    })?.backends.map(({ name, weight }) => `${name} ${weight}`);

  it('splits by the share of each weight, 1 by default', () => {
    expect(shares(90, 10)).toEqual(['v0 90', 'v1 10']);
    expect(shares(undefined, 3)).toEqual(['v0 25', 'v1 75']);
    expect(shares(1, 0)).toEqual(['v0 100']);
    expect(shares(0)).toEqual([]);
  });

  it('hands over what a backend does to headers', () => {
    const filters = [
      { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'canary', value: 'true' }] } },
    ];
    expect(routed({ backendRefs: [{ name: 'v2', filters }] })?.backends).toMatchObject([{ name: 'v2', filters }]);
    expect(() => routed({ backendRefs: [{ name: 'v2', filters: [{ type: 'URLRewrite' }] }] })).toThrow('URLRewrite');
  });

  const rewrite = (path: object) => ({ filters: [{ type: 'URLRewrite', urlRewrite: { path } }] });
  it.each<[string, string, object]>([
    ['/graphql/x?y=1', 'nothing', {}],
    ['/query?y=1', 'the full path', rewrite({ type: 'ReplaceFullPath', replaceFullPath: '/query' })],
    ['/v2/x?y=1', 'the prefix', rewrite({ type: 'ReplacePrefixMatch', replacePrefixMatch: '/v2' })],
    ['/x?y=1', 'the prefix, by nothing', rewrite({ type: 'ReplacePrefixMatch', replacePrefixMatch: '/' })],
  ])('rewrites to %s: %s', (expected, _, more) => {
    expect(routed(more)?.path).toBe(expected);
  });

  it('rewrites a prefix that is the whole path', () => {
    const root = rewrite({ type: 'ReplacePrefixMatch', replacePrefixMatch: '/' });
    const v2 = rewrite({ type: 'ReplacePrefixMatch', replacePrefixMatch: '/v2' });
    expect(routed(root, '/graphql')?.path).toBe('/');
    expect(routed(v2, '/graphql')?.path).toBe('/v2');
  });
});

describe('an HTTPRoute that is not understood', () => {
  it.each<[string, object[], object]>([
    ['one of Exact, PathPrefix is expected', [rule('r', { path: { type: 'RegularExpression', value: '/.*' } })], {}],
    ['queryParams: this field is not simulated', [rule('r', { queryParams: [] })], {}],
    ['a path starts with /', [rule('r', prefix('graphql'))], {}],
    ['is not one of RE2', [rule('r', { headers: [{ name: 'a', type: 'RegularExpression', value: '(?=a)' }] })], {}],
    ['one of Gateway, Service is expected', [], { parentRefs: [{ kind: 'ListenerSet', name: 'x' }] }],
  ])('is refused: %s', (message, rules, more) => {
    expect(() => httpRoutesOf([httpRoute(rules, more)])).toThrow(message);
  });
});
