import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { httpRouteProblems } from './http-route-problems.ts';

const object = (apiVersion: string, kind: string, name: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});

const httpRoute = (rules: object[], more: object = {}, name = 'routes') =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', name, { parentRefs: [{ name: 'public' }], rules, ...more });

const world = [
  object('v1', 'Service', 'v1', { selector: { version: 'v1' }, ports: [{ port: 80 }, { port: 90 }] }),
  object('v1', 'Service', 'v2', { selector: { version: 'v2' }, ports: [{ port: 80 }] }),
  object('apps/v1', 'Deployment', 'gateway', {
    template: { metadata: { labels: { version: 'v1' } }, spec: { containers: [{}] } },
  }),
];

const to = (name: string, more: object = {}) => ({ name, port: 80, ...more });
const rule = (name: string, more: object = {}) => ({ name, backendRefs: [to('v1')], ...more });
const canary = { matches: [{ headers: [{ name: 'canary', value: 'true' }] }] };
const problems = (...rules: object[]) => httpRouteProblems([...world, httpRoute(rules)]);

describe('httpRouteProblems', () => {
  it('finds nothing in a canary by header, in whatever order', () => {
    expect(problems(rule('canary', canary), rule('rest'))).toEqual([]);
    expect(problems(rule('rest'), rule('canary', canary))).toEqual([]);
  });

  it.each<[string, object[], string[]]>([
    ['two rules without match', [rule('a'), rule('b')], ['routes b: the same match as routes a']],
    [
      'the same match, written in another way',
      [
        rule('a', { matches: [{ path: { value: '/x/' } }] }),
        rule('b', { matches: [{ path: { type: 'PathPrefix', value: '/x' } }] }),
      ],
      ['routes b: the same match as routes a'],
    ],
    [
      'the same headers in another order',
      [
        rule('a', {
          matches: [
            {
              headers: [
                { name: 'a', value: '1' },
                { name: 'b', value: '2' },
              ],
            },
          ],
        }),
        rule('b', {
          matches: [
            {
              headers: [
                { name: 'B', value: '2' },
                { name: 'a', value: '1' },
              ],
            },
          ],
        }),
      ],
      ['routes b: the same match as routes a'],
    ],
    [
      'an exact path with a slash is another',
      [
        rule('a', { matches: [{ path: { type: 'Exact', value: '/x' } }] }),
        rule('b', { matches: [{ path: { type: 'Exact', value: '/x/' } }] }),
      ],
      [],
    ],
    ['no backend', [rule('a', { backendRefs: [] })], ['routes a: it leads nowhere']],
    [
      'a redirect needs none',
      [{ name: 'a', filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] }],
      [],
    ],
    ['no such Service', [rule('a', { backendRefs: [to('v3')] })], ['routes a: no Service is shop/v3']],
    [
      'no such port',
      [rule('a', { backendRefs: [to('v1', { port: 81 })] })],
      ['routes a: Service shop/v1 has no port 81'],
    ],
    [
      'no port at all',
      [rule('a', { backendRefs: [{ name: 'v1' }] })],
      ['routes a: Service shop/v1 has no port (none named)'],
    ],
    ['no pod behind it', [rule('a', { backendRefs: [to('v2')] })], ['routes a: no pod is behind the Service shop/v2']],
    [
      'another namespace',
      [rule('a', { backendRefs: [to('v1', { namespace: 'other' })] })],
      ['routes a: other/v1 is in another namespace'],
    ],
    ['all weights 0', [rule('a', { backendRefs: [to('v1', { weight: 0 })] })], ['routes a: all weights are 0']],
    [
      'retries of POST',
      [rule('a', { retry: { codes: [502, 503], attempts: 2 } })],
      ['routes a: it repeats POST requests on 502,503'],
    ],
    ['retries of GET', [rule('a', { matches: [{ method: 'GET' }], retry: { codes: [503] } })], []],
    [
      'retries of GET and POST',
      [rule('a', { matches: [{ method: 'GET' }, { method: 'POST' }], retry: { codes: [503] } })],
      ['routes a: it repeats POST requests on 503'],
    ],
    ['no retries', [rule('a', { retry: { codes: [503], attempts: 0 } })], []],
    [
      'a time-out of one alternative that is a stream',
      [
        rule('a', {
          matches: [{ method: 'GET' }, { headers: [{ name: 'upgrade', value: 'websocket' }] }],
          timeouts: { request: '30s' },
        }),
      ],
      ['routes a: it has a time-out, and is for streams'],
    ],
    ['retries without codes', [rule('a', { retry: { attempts: 2 } })], []],
    [
      'a time-out of a WebSocket',
      [rule('a', { matches: [{ headers: [{ name: 'Upgrade', value: 'websocket' }] }], timeouts: { request: '30s' } })],
      ['routes a: it has a time-out, and is for streams'],
    ],
    [
      'a time-out of an event stream',
      [
        rule('a', {
          matches: [{ headers: [{ name: 'accept', value: 'text/event-stream' }] }],
          timeouts: { backendRequest: '5s' },
        }),
      ],
      ['routes a: it has a time-out, and is for streams'],
    ],
    [
      'a time-out of zero is none',
      [rule('a', { matches: [{ headers: [{ name: 'upgrade', value: 'websocket' }] }], timeouts: { request: '0s' } })],
      [],
    ],
  ])('%s', (_, rules, expected) => {
    expect(problems(...rules)).toEqual(expected);
  });

  it('compares routes of the same parent and host', () => {
    const [one, two] = [httpRoute([rule('a')], { hostnames: ['a.org'] }, 'one'), httpRoute([rule('a')], {}, 'two')];
    const same = httpRoute([rule('a')], { hostnames: ['b.org', 'a.org'] }, 'same');
    const elsewhere = httpRoute([rule('a')], { hostnames: ['a.org'], parentRefs: [{ name: 'other' }] }, 'elsewhere');
    expect(httpRouteProblems([...world, one, two, elsewhere])).toEqual([]);
    expect(httpRouteProblems([...world, one, same])).toEqual(['same a: the same match as one a']);
  });

  it('asks for a catch-all where a Service is the parent', () => {
    const parentRefs = [{ name: 'public' }, { kind: 'Service', group: '', name: 'v1' }];
    const rest = { matches: [{ method: 'GET' }, { path: { value: '/' } }] };
    const found = (...rules: object[]) => httpRouteProblems([...world, httpRoute(rules, { parentRefs })]);
    expect(found(rule('canary', canary))).toEqual(['routes: no rule takes what the others leave']);
    expect(found(rule('canary', canary), rule('rest', rest))).toEqual([]);
  });

  it('finds one alternative among others that is the same', () => {
    const some = { matches: [{ method: 'GET' }, ...canary.matches] };
    expect(problems(rule('a', some), rule('b', { matches: [...canary.matches, { method: 'PUT' }] }))).toEqual([
      'routes b: the same match as routes a',
    ]);
  });

  it('follows streams to their rules', () => {
    const stream = {
      host: 'a.org',
      path: '/graphql',
      method: 'GET',
      headers: { upgrade: 'websocket' },
      gateway: 'public',
    };
    const timed = rule('rest', { timeouts: { request: '30s' } });
    const open = rule('open', { matches: [{ headers: [{ name: 'upgrade', value: 'websocket' }] }] });
    expect(httpRouteProblems([...world, httpRoute([timed, open])], [stream])).toEqual([]);
    expect(httpRouteProblems([...world, httpRoute([timed])], [stream, { ...stream, gateway: 'x' }])).toEqual([
      'stream GET a.org/graphql on public: shop/routes: rest has a time-out',
      'stream GET a.org/graphql on x: no route',
    ]);
  });
});
