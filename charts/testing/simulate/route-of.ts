import type { KubernetesObject } from '../kubernetes-object.ts';
import { hostMatches, mostSpecificHost } from './host-match.ts';
import { hasLabels, type Labels } from './label-selector.ts';
import { anything, fields, list, optional, ShapeError, text } from './shape.ts';
import { specifications } from './specifications.ts';
import { stringMatches } from './string-match.ts';
import {
  gatewaysOf,
  type HttpMatch,
  type HttpRule,
  isSeenFrom,
  qualifiedGateway,
  qualifiedHost,
  ruleName,
  type VirtualService,
  virtualServicesOf,
} from './virtual-service.ts';
import { type Service, servicesOf } from './workloads.ts';

/** A request as a gateway or the sidecar of its sender sees it. */
export interface RouteRequest {
  /** With or without a port. Within the mesh also a Service's short names. */
  readonly host: string;
  /** May have a query, which is no part of what is matched. */
  readonly path: string;
  readonly method: string;
  /** Names in any case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `mesh` for a sidecar, else a gateway's name, with its namespace where two have the same. */
  readonly gateway: string;
  /** The namespace of the sidecar or gateway that routes, for `exportTo`. Default: that of the VirtualService. */
  readonly from?: string;
  /** Of the pod that sends. Default: none. */
  readonly sourceLabels?: Labels;
}

export interface RoutedDestination {
  /** The full name of a Service, or a ServiceEntry's host. */
  readonly host: string;
  readonly subset: string | undefined;
  readonly port: number | undefined;
  /** Of 100. */
  readonly weight: number;
  /** What is done to the headers on the way to this destination, as it is written. */
  readonly headers: unknown;
}

/** Where a request goes, and how. */
export interface Routed {
  /** `namespace/VirtualService: rule`, or `default` for a Service that no VirtualService is about. */
  readonly route: string;
  readonly destinations: readonly RoutedDestination[];
  /** What the destination is asked for: the path after a rewrite, with its query. */
  readonly path: string;
  readonly authority: string;
  /** The rule itself: time-out, retries, faults, redirects, headers as they are written. None for `default`. */
  readonly rule: HttpRule | undefined;
}

/**
 * The first rule of the VirtualService for the request's host and gateway that matches. `undefined`: 404.
 * An exact host is preferred to a wildcard, a longer wildcard to a shorter one. Two VirtualServices for one host on one
 * gateway are an error: their order would be undefined. A gateway that is rendered must serve the host too.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/ and, for two of one host,
 * https://istio.io/latest/docs/reference/config/analysis/ist0109/
 */
export function routeOf(request: RouteRequest, objects: readonly KubernetesObject[]): Routed | undefined {
  const services = servicesOf(objects);
  const host = request.gateway === 'mesh' ? meshHost(request.host, services) : bareHost(request.host);
  if (request.gateway !== 'mesh' && !gatewayServes(request.gateway, host, objects)) return undefined;
  const seen = virtualServicesOf(objects).filter((each) => isSeenFrom(each, request.from ?? each.namespace));
  const service = virtualServiceFor(host, request.gateway, seen);
  if (!service) return request.gateway === 'mesh' ? defaultRoute(request, host, services) : undefined;
  for (const [index, rule] of (service.spec.http ?? []).entries()) {
    const match = matchOf(rule, request, service);
    if (match) return routed(request, service, index, rule, match === true ? undefined : match);
  }
  return undefined;
}

const bareHost = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** A sidecar knows a Service by all of its names. Two Services of one name in two namespaces need the longer one. */
function meshHost(host: string, services: readonly Service[]): string {
  const bare = bareHost(host);
  const named = services.filter(({ name, namespace }) =>
    [name, `${name}.${namespace}`, `${name}.${namespace}.svc`].includes(bare),
  );
  if (named.length > 1) throw new ShapeError(`host ${bare}: Services of this name in several namespaces`);
  return named[0] ? qualifiedHost(named[0].name, named[0].namespace) : bare;
}

const isGateway = (full: string, asked: string): boolean => full === asked || full.endsWith(`/${asked}`);

const gatewaySpec = fields({
  selector: anything,
  servers: list(
    fields({
      hosts: list(text),
      port: anything,
      tls: optional(anything),
      name: optional(anything),
    }),
  ),
});

function gatewayServes(asked: string, host: string, objects: readonly KubernetesObject[]): boolean {
  const rendered = specifications(objects, 'networking.istio.io/v1', 'Gateway', gatewaySpec).filter(
    ({ namespace, name }) => isGateway(`${namespace}/${name}`, asked),
  );
  const served = rendered.flatMap(({ spec }) => spec.servers.flatMap(({ hosts }) => hosts));
  // `namespace/host` also says whose VirtualServices may attach; the charts put both into one namespace.
  return rendered.length === 0 || served.some((each) => hostMatches(each.replace(/^[^/]*\//, ''), host));
}

function virtualServiceFor(host: string, gateway: string, all: readonly VirtualService[]): VirtualService | undefined {
  const claims = all
    .filter((service) => gatewaysOf(service).some((each) => isGateway(each, gateway)))
    .flatMap((service) =>
      service.spec.hosts.map((each) => ({ service, host: qualifiedHost(each, service.namespace) })),
    );
  const best = mostSpecificHost(
    claims.map((claim) => claim.host),
    host,
  );
  const found = claims.filter((claim) => claim.host === best);
  if (found.length > 1) {
    throw new ShapeError(
      `host ${best} on ${gateway}: ${found.map(({ service }) => service.name).join(', ')} all have it`,
    );
  }
  return found[0]?.service;
}

function defaultRoute(request: RouteRequest, host: string, services: readonly Service[]): Routed | undefined {
  if (!services.some(({ name, namespace }) => qualifiedHost(name, namespace) === host)) return undefined;
  return {
    route: 'default',
    destinations: [{ host, subset: undefined, port: undefined, weight: 100, headers: undefined }],
    path: request.path,
    authority: request.host,
    rule: undefined,
  };
}

const matchOf = (rule: HttpRule, request: RouteRequest, service: VirtualService): HttpMatch | true | undefined =>
  rule.match?.length ? rule.match.find((match) => matchHolds(match, request, service)) : true;

/** All conditions of one match must hold. Header names have no case; their values have. */
function matchHolds(match: HttpMatch, request: RouteRequest, { namespace }: VirtualService): boolean {
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const gateways = match.gateways?.map((each) => qualifiedGateway(each, namespace));
  return (
    (!gateways || gateways.some((each) => isGateway(each, request.gateway))) &&
    hasLabels(request.sourceLabels ?? {}, match.sourceLabels ?? {}) &&
    (!match.uri || stringMatches(match.uri, pathOf(request), match.ignoreUriCase)) &&
    (!match.method || stringMatches(match.method, request.method)) &&
    (!match.authority || stringMatches(match.authority, request.host)) &&
    Object.entries(match.headers ?? {}).every(([name, each]) => stringMatches(each, headers.get(name))) &&
    !Object.entries(match.withoutHeaders ?? {}).some(([name, each]) => stringMatches(each, headers.get(name)))
  );
}

const pathOf = ({ path }: Pick<RouteRequest, 'path'>): string => path.replace(/[?#].*$/, '');

function routed(
  request: RouteRequest,
  service: VirtualService,
  index: number,
  rule: HttpRule,
  match: HttpMatch | undefined,
): Routed {
  const route = rule.route ?? [];
  return {
    route: `${service.namespace}/${service.name}: ${ruleName(service, index)}`,
    destinations: route.map(({ destination, weight = 0, headers }) => ({
      host: qualifiedHost(destination.host, service.namespace),
      subset: destination.subset,
      port: destination.port?.number,
      weight: route.length === 1 ? 100 : weight,
      headers,
    })),
    path: rule.rewrite?.uri === undefined ? request.path : rewritten(request.path, match, rule.rewrite.uri),
    authority: rule.rewrite?.authority ?? request.host,
    rule,
  };
}

/** A rewrite replaces what the rule matched: the whole of an exact path, or the prefix; without a match that is `/`. */
function rewritten(path: string, match: HttpMatch | undefined, uri: string): string {
  if (match?.uri?.regex !== undefined) throw new ShapeError(`rewrite of ${path}: a regex match is not simulated`);
  const matched = match?.uri?.exact ?? match?.uri?.prefix ?? '/';
  return uri + path.slice(matched.length);
}
