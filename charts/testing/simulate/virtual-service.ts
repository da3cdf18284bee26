import type { KubernetesObject } from '../kubernetes-object.ts';
import { anything, checked, fields, flag, list, mapOf, optional, type Parsed, text, whole } from './shape.ts';
import { type Specified, specifications } from './specifications.ts';
import { stringMatch } from './string-match.ts';

const headerMatches = checked(optional(mapOf(stringMatch)), (read) => {
  const strange = Object.keys(read ?? {}).find((name) => !/^[a-z0-9-]+$/.test(name));
  return strange !== undefined && `header ${strange} is not lower case with hyphens`;
});

const matchFields = fields({
  name: optional(text),
  uri: optional(stringMatch),
  ignoreUriCase: optional(flag),
  method: optional(stringMatch),
  authority: optional(stringMatch),
  headers: headerMatches,
  withoutHeaders: headerMatches,
  gateways: optional(list(text)),
  sourceLabels: optional(mapOf(text)),
});

/** Istio refuses a match without a condition. */
const httpMatch = checked(
  matchFields,
  (read) => Object.entries(read).every(([key, each]) => key === 'name' || each === undefined) && 'it is empty',
);

/** What a rule without a match matches. */
export const httpMatchOfAll = matchFields({}, 'match');

const destination = fields({
  host: text,
  subset: optional(text),
  port: optional(fields({ number: whole })),
});

const retries = fields({
  attempts: optional(whole),
  perTryTimeout: optional(text),
  retryOn: optional(text),
  backoff: optional(anything),
  retryRemoteLocalities: optional(anything),
  retryIgnorePreviousHosts: optional(anything),
});

const httpRule = fields({
  name: optional(text),
  match: optional(list(httpMatch)),
  route: optional(list(fields({ destination, weight: optional(whole), headers: optional(anything) }))),
  redirect: optional(anything),
  directResponse: optional(anything),
  rewrite: optional(fields({ uri: optional(text), authority: optional(text) })),
  timeout: optional(text),
  retries: optional(retries),
  fault: optional(anything),
  mirror: optional(destination),
  mirrorPercentage: optional(anything),
  corsPolicy: optional(anything),
  headers: optional(anything),
});

const virtualServiceSpec = fields({
  hosts: list(text),
  gateways: optional(list(text)),
  http: optional(list(httpRule)),
  exportTo: optional(list(checked(text, (place) => place === '~' && 'it is exported to nobody'))),
});

export type HttpMatch = Parsed<typeof httpMatch>;
export type HttpRule = Parsed<typeof httpRule>;
export type Destination = Parsed<typeof destination>;
export type VirtualService = Specified<Parsed<typeof virtualServiceSpec>>;

/** The VirtualServices among rendered objects. Throws a ShapeError for what is not simulated or not valid. */
export const virtualServicesOf = (objects: readonly KubernetesObject[]): VirtualService[] =>
  specifications(objects, 'networking.istio.io/v1', 'VirtualService', virtualServiceSpec);

/** How messages name a rule: by its name, else by its index. */
export const ruleName = (service: VirtualService, index: number): string =>
  service.spec.http?.[index]?.name ?? `http[${index}]`;

/** The gateways of a VirtualService as `namespace/name`, or `mesh`, which it is for when it names none. */
export const gatewaysOf = ({ namespace, spec }: VirtualService): readonly string[] =>
  (spec.gateways ?? ['mesh']).map((gateway) => qualifiedGateway(gateway, namespace));

/** A gateway without a namespace is in that of the object that names it. */
export const qualifiedGateway = (gateway: string, namespace: string): string =>
  gateway === 'mesh' || gateway.includes('/') ? gateway : `${namespace}/${gateway}`;

/**
 * The host of a Kubernetes Service in full; a short name is one of the namespace. Other hosts stay as they are.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination
 */
export const qualifiedHost = (host: string, namespace: string): string =>
  host.includes('.') || host === '*' ? host : `${host}.${namespace}.svc.cluster.local`;

/** Whether the proxies of a namespace see a VirtualService. Without `exportTo` all do; `.` is its own namespace. */
export const isSeenFrom = ({ namespace, spec }: VirtualService, from: string): boolean =>
  (spec.exportTo ?? ['*']).some((each) => each === '*' || (each === '.' ? namespace : each) === from);
