import type { KubernetesObject } from '../kubernetes-object.ts';
import { hostMatches } from './host-match.ts';
import {
  type HttpBackendFilter,
  type HttpRoute,
  type HttpRouteMatch,
  type HttpRouteRule,
  httpRoutesOf,
  httpRuleName,
  matchesOfRule,
} from './http-route.ts';
import type { RouteRequest } from './route-of.ts';
import { fullMatch } from './string-match.ts';

export interface RoutedBackend {
  readonly name: string;
  readonly namespace: string;
  readonly port: number | undefined;
  /** Of 100; what the API calls a weight is a part of the sum of all. */
  readonly weight: number;
  /** What is done to the headers on the way to this backend, as it is written. */
  readonly filters: readonly HttpBackendFilter[];
}

/** Where a request goes, and how. */
export interface HttpRouted {
  /** `namespace/HTTPRoute: rule`. */
  readonly route: string;
  /** Empty: 500, unless a filter redirects. */
  readonly backends: readonly RoutedBackend[];
  /** The path after a rewrite, with its query. */
  readonly path: string;
  /** The rule itself: time-outs, retries, filters as they are written. */
  readonly rule: HttpRouteRule;
}

interface Candidate {
  readonly route: HttpRoute;
  readonly index: number;
  readonly rule: HttpRouteRule;
  readonly match: HttpRouteMatch;
}

/**
 * The rule that takes a request: of the HTTPRoutes of the gateway (`mesh`: those whose parent is the Service that the
 * host names), the ones with the most specific host name; of their matches an exact path, then the longest prefix, then
 * one with a method, then the most headers; ties go to the first route by `namespace/name`, then to the first rule.
 * `undefined`: 404, or the Service itself within the mesh. Rendered objects have no age, which would decide before the
 * name. A request that no match of the most specific host takes does not fall to a wildcard's, as in Envoy, which picks
 * one virtual host.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule and `#httproutespec` there
 */
export function httpRouteOf(
  request: Omit<RouteRequest, 'sourceLabels'>,
  objects: readonly KubernetesObject[],
): HttpRouted | undefined {
  const host = request.host.replace(/:\d+$/, '').toLowerCase();
  const attached = httpRoutesOf(objects).filter((route) => isAttached(route, request.gateway, host));
  const ranked = attached.map((route) => ({ route, rank: hostRank(route, request.gateway, host) }));
  const best = ranked.map(({ rank }) => rank).toSorted(compareRanks)[0];
  const found = ranked
    .filter(({ rank }) => rank && best && compareRanks(rank, best) === 0)
    .map(({ route }) => route)
    .toSorted((a, b) => (fullName(a) < fullName(b) ? -1 : 1))
    .flatMap(candidatesOf)
    .filter(({ match }) => matchHolds(match, request))
    .toSorted((a, b) => compareRanks(matchRank(a.match), matchRank(b.match)))[0];
  return found && routed(found, request.path);
}

const fullName = ({ namespace, name }: HttpRoute): string => `${namespace}/${name}`;

function isAttached({ namespace, spec }: HttpRoute, gateway: string, host: string): boolean {
  return spec.parentRefs.some((parent) => {
    const place = parent.namespace ?? namespace;
    if ((parent.kind ?? 'Gateway') === 'Gateway') return [`${place}/${parent.name}`, parent.name].includes(gateway);
    const names = ['', `.${place}`, `.${place}.svc`, `.${place}.svc.cluster.local`].map((end) => parent.name + end);
    return gateway === 'mesh' && names.includes(host);
  });
}

/** Larger numbers first, one after the other. `undefined` is last. */
function compareRanks(a: readonly number[] | undefined, b: readonly number[] | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  const different = a.findIndex((value, index) => value !== b[index]);
  return different < 0 ? 0 : (b[different] ?? 0) - (a[different] ?? 0);
}

/** The characters of the matching exact host name, then those of the matching host name. Within the mesh there is none. */
function hostRank({ spec }: HttpRoute, gateway: string, host: string): readonly number[] | undefined {
  if (gateway === 'mesh' || !spec.hostnames?.length) return [0, 0];
  return spec.hostnames
    .filter((name) => hostMatches(name, host))
    .map((name) => [name.startsWith('*') ? 0 : name.length, name.length])
    .toSorted(compareRanks)[0];
}

const candidatesOf = (route: HttpRoute): Candidate[] =>
  (route.spec.rules ?? []).flatMap((rule, index) =>
    matchesOfRule(rule).map((match) => ({ route, index, rule, match })),
  );

const matchRank = ({ path, method, headers }: HttpRouteMatch): readonly number[] => [
  path.type === 'Exact' ? 1 : 0,
  path.type === 'PathPrefix' ? path.value.length : 0,
  method === undefined ? 0 : 1,
  headers.length,
];

function matchHolds(match: HttpRouteMatch, request: Pick<RouteRequest, 'path' | 'method' | 'headers'>): boolean {
  const given = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (
    pathHolds(match.path, request.path.replace(/[?#].*$/, '')) &&
    (match.method === undefined || match.method === request.method) &&
    match.headers.every(({ name, value, type }) => {
      const held = given.get(name);
      return held !== undefined && (type === 'Exact' ? held === value : fullMatch(value).test(held));
    })
  );
}

/** A prefix is one of whole segments: `/abc` is a prefix of `/abc/d`, not of `/abcd`. Its last slash does not count. */
function pathHolds({ type, value }: HttpRouteMatch['path'], path: string): boolean {
  if (type === 'Exact') return path === value;
  return `${path}/`.startsWith(`${value.replace(/\/$/, '')}/`);
}

function routed({ route, index, rule, match }: Candidate, path: string): HttpRouted {
  const backends = rule.backendRefs ?? [];
  const sum = backends.reduce((total, { weight = 1 }) => total + weight, 0);
  return {
    route: `${fullName(route)}: ${httpRuleName(route, index)}`,
    backends: backends
      .filter(({ weight }) => weight !== 0)
      .map(({ name, namespace = route.namespace, port, weight = 1, filters = [] }) => ({
        name,
        namespace,
        port,
        weight: (100 * weight) / sum,
        filters,
      })),
    path: rewritten(path, rule, match),
    rule,
  };
}

function rewritten(path: string, { filters = [] }: HttpRouteRule, match: HttpRouteMatch): string {
  const modifier = filters.find((filter) => filter.urlRewrite?.path)?.urlRewrite?.path;
  if (!modifier) return path;
  const [, bare = '', query = ''] = /^([^?#]*)(.*)$/.exec(path) ?? [];
  if (modifier.type === 'ReplaceFullPath') return `${modifier.replaceFullPath ?? ''}${query}`;
  const rest = bare.slice(match.path.value.replace(/\/$/, '').length);
  const start = (modifier.replacePrefixMatch ?? '').replace(/\/$/, '');
  return `${start}${rest || (start ? '' : '/')}${query}`;
}
