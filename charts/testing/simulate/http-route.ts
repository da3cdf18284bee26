import type { KubernetesObject } from '../kubernetes-object.ts';
import { anything, checked, fields, list, oneOf, optional, type Parsed, type Shape, text, whole } from './shape.ts';
import { type Specified, specifications } from './specifications.ts';
import { expression } from './string-match.ts';

const headerFields = fields({ name: text, value: text, type: optional(oneOf('Exact', 'RegularExpression')) });

const header: Shape<Parsed<typeof headerFields>> = (value, where) => {
  const read = headerFields(value, where);
  if (read.type === 'RegularExpression') expression(read.value, `${where}.value`);
  return read;
};

const path = checked(text, (read) => !read.startsWith('/') && 'a path starts with /');

const routeMatch = fields({
  // The specification leaves the precedence of regular expressions of paths to implementations.
  path: optional(fields({ type: optional(oneOf('Exact', 'PathPrefix')), value: optional(path) })),
  method: optional(text),
  headers: optional(list(header)),
});

const pathModifier = fields({
  type: oneOf('ReplaceFullPath', 'ReplacePrefixMatch'),
  replaceFullPath: optional(text),
  replacePrefixMatch: optional(text),
});

const filter = fields({
  type: oneOf('URLRewrite', 'RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'CORS'),
  urlRewrite: optional(fields({ hostname: optional(text), path: optional(pathModifier) })),
  requestHeaderModifier: optional(anything),
  responseHeaderModifier: optional(anything),
  requestRedirect: optional(anything),
  cors: optional(anything),
});

const backendFilter = fields({
  type: oneOf('RequestHeaderModifier', 'ResponseHeaderModifier'),
  requestHeaderModifier: optional(anything),
  responseHeaderModifier: optional(anything),
});

const backendRef = fields({
  group: optional(oneOf('')),
  kind: optional(oneOf('Service')),
  name: text,
  namespace: optional(text),
  port: optional(whole),
  weight: optional(whole),
  filters: optional(list(backendFilter)),
});

const routeRule = fields({
  name: optional(text),
  matches: optional(list(routeMatch)),
  filters: optional(list(filter)),
  backendRefs: optional(list(backendRef)),
  timeouts: optional(fields({ request: optional(text), backendRequest: optional(text) })),
  retry: optional(fields({ codes: optional(list(whole)), attempts: optional(whole), backoff: optional(text) })),
});

const parentRef = fields({
  group: optional(text),
  kind: optional(oneOf('Gateway', 'Service')),
  namespace: optional(text),
  name: text,
  sectionName: optional(text),
  port: optional(anything),
});

const httpRouteSpec = fields({
  parentRefs: list(parentRef),
  hostnames: optional(list(text)),
  rules: optional(list(routeRule)),
});

export type HttpRoute = Specified<Parsed<typeof httpRouteSpec>>;
export type HttpBackendFilter = Parsed<typeof backendFilter>;
export type HttpRouteRule = Parsed<typeof routeRule>;
export type HttpRouteMatch = ReturnType<typeof completeMatch>;

/** The HTTPRoutes among rendered objects. Throws a ShapeError for what is not simulated or not valid. */
export const httpRoutesOf = (objects: readonly KubernetesObject[]): HttpRoute[] =>
  specifications(objects, 'gateway.networking.k8s.io/v1', 'HTTPRoute', httpRouteSpec);

/** A rule's matches with the defaults of the API: the prefix `/`, exact headers. */
export const matchesOfRule = ({ matches }: HttpRouteRule) =>
  (matches?.length ? matches : [routeMatch({}, 'match')]).map(completeMatch);

const completeMatch = ({ path, method, headers = [] }: Parsed<typeof routeMatch>) => ({
  path: { type: path?.type ?? 'PathPrefix', value: path?.value ?? '/' },
  method,
  // Of several entries for one header the first counts.
  headers: headers
    .map(({ name, value, type = 'Exact' }) => ({ name: name.toLowerCase(), value, type }))
    .filter(({ name }, index, all) => all.findIndex((each) => each.name === name) === index),
});

/** How messages name a rule: by its name, else by its index. */
export const httpRuleName = ({ spec }: HttpRoute, index: number): string =>
  spec.rules?.[index]?.name ?? `rules[${index}]`;
