import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../kubernetes-object.ts';
import {
  type HttpRoute,
  type HttpRouteMatch,
  type HttpRouteRule,
  httpRoutesOf,
  httpRuleName,
  matchesOfRule,
} from './http-route.ts';
import { httpRouteOf } from './http-route-of.ts';
import type { RouteRequest } from './route-of.ts';
import { type Pod, podsBehind, podsOf, type Service, servicesOf } from './workloads.ts';

/**
 * What is wrong with the HTTPRoutes among rendered objects, a line for each; empty is well: matches that can never win,
 * no rule for the rest of a Service's requests, backends that are no Service's port or without pods, weights, retries
 * that could repeat a mutation, time-outs of streams.
 *
 * A match with more conditions goes first by the API's precedence, whatever the order of rules, so only an equal match
 * can take all that another one matches.
 *
 * @param streams requests for WebSockets and event streams, which must all be routed to a rule without a time-out
 */
export function httpRouteProblems(
  objects: readonly KubernetesObject[],
  streams: readonly RouteRequest[] = [],
): string[] {
  const routes = httpRoutesOf(objects);
  const services = servicesOf(objects);
  const pods = podsOf(objects, Object.fromEntries(objects.map(({ metadata }) => [metadata.namespace ?? '', {}])));
  return [
    ...routes.flatMap((route, at) => [
      ...routes.slice(0, at).flatMap((earlier) => (shareHosts(earlier, route) ? sameMatches(earlier, route) : [])),
      ...sameMatches(route, route),
      ...catchAllProblems(route),
      ...(route.spec.rules ?? []).flatMap((rule, index) =>
        [
          ...backendProblems(rule, route.namespace, services, pods),
          ...retryProblems(rule),
          ...timeoutProblems(rule),
        ].map((problem) => `${route.name} ${httpRuleName(route, index)}: ${problem}`),
      ),
    ]),
    ...streams.flatMap((request) => streamProblems(request, objects)),
  ];
}

function shareHosts(a: HttpRoute, b: HttpRoute): boolean {
  const parents = (route: HttpRoute): string[] =>
    route.spec.parentRefs.map(
      ({ kind = 'Gateway', name, namespace = route.namespace }) => `${kind} ${namespace}/${name}`,
    );
  const hosts = ({ spec }: HttpRoute): readonly string[] => (spec.hostnames?.length ? spec.hostnames : ['']);
  return parents(a).some((each) => parents(b).includes(each)) && hosts(a).some((each) => hosts(b).includes(each));
}

/** The matches of the later route, or of later rules of the same one, that an earlier rule has too. */
function sameMatches(earlier: HttpRoute, later: HttpRoute): string[] {
  const before = rulesOf(earlier);
  return rulesOf(later).flatMap(({ index, matches }) => {
    const by = before.find(
      (each) =>
        (earlier !== later || each.index < index) &&
        each.matches.some((match) => matches.some((own) => isDeepStrictEqual(own, match))),
    );
    const place = `${later.name} ${httpRuleName(later, index)}`;
    return by ? [`${place}: the same match as ${earlier.name} ${httpRuleName(earlier, by.index)}`] : [];
  });
}

const rulesOf = ({ spec }: HttpRoute): { index: number; matches: HttpRouteMatch[] }[] =>
  (spec.rules ?? []).map((rule, index) => ({ index, matches: matchesOfRule(rule).map(normal) }));

const normal = ({ path, method, headers }: HttpRouteMatch): HttpRouteMatch => ({
  path: { type: path.type, value: path.type === 'Exact' ? path.value : path.value.replace(/(.)\/$/, '$1') },
  method,
  headers: headers.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});

/** A Service's requests within the mesh that no rule takes would be answered with 404. */
function catchAllProblems({ name, spec }: HttpRoute): string[] {
  if (!spec.parentRefs.some(({ kind }) => kind === 'Service')) return [];
  const takesAll = ({ path, method, headers }: HttpRouteMatch): boolean =>
    path.type === 'PathPrefix' && path.value === '/' && method === undefined && headers.length === 0;
  const matches = (spec.rules ?? []).flatMap(matchesOfRule);
  return matches.some(takesAll) ? [] : [`${name}: no rule takes what the others leave`];
}

function backendProblems(
  rule: HttpRouteRule,
  own: string,
  services: readonly Service[],
  pods: readonly Pod[],
): string[] {
  const { backendRefs = [], filters = [] } = rule;
  if (backendRefs.length === 0) return filters.some((each) => each.requestRedirect) ? [] : ['it leads nowhere'];
  if (backendRefs.every(({ weight }) => weight === 0)) return ['all weights are 0'];
  return backendRefs.flatMap(({ name, namespace = own, port }) => {
    const service = services.find((each) => each.name === name && each.namespace === namespace);
    if (namespace !== own) return [`${namespace}/${name} is in another namespace`];
    if (!service) return [`no Service is ${namespace}/${name}`];
    const hasPort = service.spec.ports.some((each) => each.port === port);
    if (!hasPort) return [`Service ${namespace}/${name} has no port ${port ?? '(none named)'}`];
    return podsBehind(service, pods).length > 0 ? [] : [`no pod is behind the Service ${namespace}/${name}`];
  });
}

/** GraphQL mutations are POST, and any of these answers may come after the server has begun. */
function retryProblems(rule: HttpRouteRule): string[] {
  const takesPost = matchesOfRule(rule).some(({ method }) => method === undefined || method === 'POST');
  const codes = rule.retry?.codes ?? [];
  return takesPost && codes.length > 0 && rule.retry?.attempts !== 0 ? [`it repeats POST requests on ${codes}`] : [];
}

function streamProblems(request: RouteRequest, objects: readonly KubernetesObject[]): string[] {
  const place = `stream ${request.method} ${request.host}${request.path} on ${request.gateway}`;
  const routed = httpRouteOf(request, objects);
  if (!routed) return [`${place}: no route`];
  return isTimed(routed.rule) ? [`${place}: ${routed.route} has a time-out`] : [];
}

const isTimed = ({ timeouts }: HttpRouteRule): boolean =>
  [timeouts?.request, timeouts?.backendRequest].some((each) => each !== undefined && Number.parseFloat(each) !== 0);

function timeoutProblems(rule: HttpRouteRule): string[] {
  const isForStreams = matchesOfRule(rule).some(({ headers }) =>
    headers.some(({ name, value }) => name === 'upgrade' || (name === 'accept' && value.includes('event-stream'))),
  );
  return isForStreams && isTimed(rule) ? ['it has a time-out, and is for streams'] : [];
}
