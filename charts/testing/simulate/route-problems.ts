import type { KubernetesObject } from '../kubernetes-object.ts';
import { destinationRulesOf, subsetLabels } from './destination-rule.ts';
import { hostMatches } from './host-match.ts';
import { hasLabels } from './label-selector.ts';
import { type RouteRequest, routeOf } from './route-of.ts';
import { matchCovers, shadowedMatches } from './shadowed-matches.ts';
import { anything, fields, list, optional, text } from './shape.ts';
import { specifications } from './specifications.ts';
import { stringMatches } from './string-match.ts';
import {
  type Destination,
  gatewaysOf,
  type HttpMatch,
  type HttpRule,
  httpMatchOfAll,
  qualifiedGateway,
  qualifiedHost,
  ruleName,
  type VirtualService,
  virtualServicesOf,
} from './virtual-service.ts';
import { type Pod, podsBehind, podsOf, type Service, servicesOf } from './workloads.ts';

/**
 * What is wrong with the VirtualServices and DestinationRules among rendered objects, a line for each; empty is well:
 * hosts that two of them have, rules that can never match, rules that nobody can tell apart, no rule for the rest of a
 * Service's requests, unknown hosts and subsets, weights, retries that could repeat a mutation, time-outs of streams.
 *
 * A rule without `retries` has Istio's default, which since 1.24 leaves out a 503 that a server may have sent itself.
 *
 * @param streams requests for WebSockets and event streams, which must all be routed to a rule without a time-out
 */
export function routeProblems(objects: readonly KubernetesObject[], streams: readonly RouteRequest[] = []): string[] {
  const services = virtualServicesOf(objects);
  const registry = registryOf(objects);
  const conflicts = hostConflicts(services);
  if (conflicts.length > 0) return conflicts;
  return [
    ...services.flatMap((service) => [
      ...shadowProblems(service),
      ...catchAllProblems(service, registry.services),
      ...hostProblems(service, registry),
      ...exportProblems(service),
      ...(service.spec.http ?? []).flatMap((rule, index) =>
        [
          ...gatewayProblems(rule, service),
          ...destinationProblems(rule, service.namespace, registry),
          ...weightProblems(rule),
          ...retryProblems(rule),
          ...(isTimed(rule) && rule.match?.some(isForStreams) ? ['it has a time-out, and is for streams'] : []),
        ].map((problem) => `${service.name} ${ruleName(service, index)}: ${problem}`),
      ),
    ]),
    ...registry.rules
      .filter(({ spec }) => !isKnownHost(spec.host, registry))
      .map(({ name, spec }) => `DestinationRule ${name}: no Service or ServiceEntry is ${spec.host}`),
    ...streams.flatMap((request) => streamProblems(request, objects)),
  ];
}

const serviceEntrySpec = fields({
  hosts: list(text),
  addresses: optional(anything),
  ports: optional(anything),
  location: optional(anything),
  resolution: optional(anything),
  endpoints: optional(anything),
  exportTo: optional(anything),
});

type Registry = ReturnType<typeof registryOf>;

function registryOf(objects: readonly KubernetesObject[]) {
  const namespaces = Object.fromEntries(objects.map(({ metadata }) => [metadata.namespace ?? '', {}]));
  return {
    services: servicesOf(objects),
    pods: podsOf(objects, namespaces) as readonly Pod[],
    rules: destinationRulesOf(objects),
    external: specifications(objects, 'networking.istio.io/v1', 'ServiceEntry', serviceEntrySpec).flatMap(
      ({ spec }) => spec.hosts,
    ),
  };
}

const serviceOf = (host: string, services: readonly Service[]): Service | undefined =>
  services.find(({ name, namespace }) => qualifiedHost(name, namespace) === host);

const isKnownHost = (host: string, { services, external }: Registry): boolean =>
  serviceOf(host, services) !== undefined || external.some((pattern) => hostMatches(pattern, host));

function hostConflicts(services: readonly VirtualService[]): string[] {
  const owners = new Map<string, string>();
  return services.flatMap((service) =>
    gatewaysOf(service).flatMap((gateway) =>
      service.spec.hosts.flatMap((each) => {
        const place = `${qualifiedHost(each, service.namespace)} on ${gateway}`;
        const owner = owners.get(place);
        owners.set(place, service.name);
        return owner === undefined ? [] : [`${service.name}: ${owner} has ${place} too`];
      }),
    ),
  );
}

const shadowProblems = (service: VirtualService): string[] =>
  shadowedMatches(service.spec.http ?? []).map(({ rule, match, by, ambiguous }) => {
    const place = `${service.name} ${ruleName(service, rule)}${match === undefined ? '' : ` match[${match}]`}`;
    const earlier = ruleName(service, by);
    return ambiguous ? `${place}: the same match as ${earlier}` : `${place}: never matches, ${earlier} takes it all`;
  });

/** A Service's requests within the mesh that no rule takes would be answered with 404. */
function catchAllProblems(service: VirtualService, services: readonly Service[]): string[] {
  const hosts = service.spec.hosts.map((host) => qualifiedHost(host, service.namespace));
  if (!gatewaysOf(service).includes('mesh') || !hosts.some((host) => serviceOf(host, services))) return [];
  const ofMesh: HttpMatch = { ...httpMatchOfAll, gateways: ['mesh'] };
  const takesAll = (rule: HttpRule): boolean =>
    !rule.match?.length || rule.match.some((match) => matchCovers(match, ofMesh));
  return service.spec.http?.some(takesAll) ? [] : [`${service.name}: no rule takes what the others leave`];
}

/** A gateway's host may be any; one that is for the mesh alone must be in the mesh's registry. */
const hostProblems = (service: VirtualService, registry: Registry): string[] =>
  service.spec.hosts
    .map((host) => qualifiedHost(host, service.namespace))
    .filter((host) => gatewaysOf(service).every((each) => each === 'mesh') && !isKnownHost(host, registry))
    .map((host) => `${service.name}: no Service or ServiceEntry is ${host}`);

/** A gateway's proxies are mostly in a namespace of their own. */
const exportProblems = (service: VirtualService): string[] =>
  gatewaysOf(service)
    .filter((each) => each !== 'mesh' && service.spec.exportTo && !service.spec.exportTo.includes('*'))
    .map((each) => `${service.name}: the proxies of ${each} see it only in the namespaces ${service.spec.exportTo}`);

function gatewayProblems(rule: HttpRule, service: VirtualService): string[] {
  const own = gatewaysOf(service);
  const named = (rule.match ?? []).flatMap(({ gateways = [] }) => gateways);
  return named
    .filter((each) => !own.includes(qualifiedGateway(each, service.namespace)))
    .map((each) => `its match is for the gateway ${each}, which the VirtualService is not for`);
}

function destinationProblems(rule: HttpRule, namespace: string, registry: Registry): string[] {
  const destinations = [...(rule.route ?? []).map((each) => each.destination), ...(rule.mirror ? [rule.mirror] : [])];
  if (destinations.length === 0 && !rule.redirect && !rule.directResponse) return ['it leads nowhere'];
  return destinations.flatMap((each) => {
    const problem = destinationProblem(each, qualifiedHost(each.host, namespace), registry);
    return problem ? [problem] : [];
  });
}

function destinationProblem({ subset, port }: Destination, host: string, registry: Registry): string | undefined {
  if (!isKnownHost(host, registry)) return `no Service or ServiceEntry is ${host}`;
  const service = serviceOf(host, registry.services);
  if (service && port && !service.spec.ports.some((each) => each.port === port.number)) {
    return `${host} has no port ${port.number}`;
  }
  if (service && !port && service.spec.ports.length > 1) return `${host} has several ports, and none is named`;
  if (subset === undefined) return undefined;
  const labels = subsetLabels(host, subset, registry.rules);
  if (!labels) return `no DestinationRule has the subset ${subset} of ${host}`;
  const pods = service ? podsBehind(service, registry.pods) : [];
  return pods.some((pod) => hasLabels(pod.labels, labels)) ? undefined : `no pod is in the subset ${subset} of ${host}`;
}

function weightProblems({ route = [] }: HttpRule): string[] {
  const sum = route.reduce((total, { weight = 0 }) => total + weight, 0);
  const problems = route.length > 1 && sum !== 100 ? [`its weights sum up to ${sum}, not 100`] : [];
  return route.some(({ weight = 0 }) => weight < 0) ? [...problems, 'a weight is negative'] : problems;
}

/** Reasons to repeat a request that no server can have worked on. */
const safeReasons = new Set(['connect-failure', 'refused-stream', 'reset-before-request']);

/** GraphQL mutations are POST: whatever a server may have begun must not be repeated. */
function retryProblems(rule: HttpRule): string[] {
  if (!rule.retries || rule.retries.attempts === 0 || !takesPost(rule)) return [];
  if (!rule.retries.retryOn) return ['its retries do not say on what'];
  const unsafe = rule.retries.retryOn.split(',').filter((reason) => !safeReasons.has(reason.trim()));
  return unsafe.map((reason) => `it repeats POST requests on ${reason.trim()}`);
}

const takesPost = ({ match }: HttpRule): boolean =>
  !match?.length || match.some(({ method }) => !method || stringMatches(method, 'POST'));

const isTimed = ({ timeout }: HttpRule): boolean => timeout !== undefined && Number.parseFloat(timeout) !== 0;

const isForStreams = ({ headers }: HttpMatch): boolean =>
  headers?.upgrade !== undefined ||
  (headers?.accept !== undefined && /event-stream/.test(JSON.stringify(headers.accept)));

function streamProblems(request: RouteRequest, objects: readonly KubernetesObject[]): string[] {
  const place = `stream ${request.method} ${request.host}${request.path} on ${request.gateway}`;
  const routed = routeOf(request, objects);
  if (!routed) return [`${place}: no route`];
  return routed.rule && isTimed(routed.rule) ? [`${place}: ${routed.route} has a time-out`] : [];
}
