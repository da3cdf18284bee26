import { checked, fields, list, optional, type Parsed, type Shape, ShapeError, text } from './shape.ts';

/** The claims of a token that the workload has verified. */
export interface JwtClaims {
  readonly [claim: string]: string | readonly string[] | JwtClaims;
}

/** What a destination's sidecar sees of a request. */
export interface MeshRequest {
  readonly source: {
    /** `cluster.local/ns/<namespace>/sa/<service account>` of the peer's certificate; missing for plaintext. */
    readonly principal?: string | undefined;
    /** Of a valid token, which a RequestAuthentication for the destination has verified. */
    readonly claims?: JwtClaims | undefined;
  };
  readonly port: number;
  /** Missing for a connection that is not HTTP. */
  readonly http?: HttpAttributes | undefined;
}

export interface HttpAttributes {
  readonly method: string;
  /** May have a query, which policies don't see. */
  readonly path: string;
  readonly host: string;
}

/** One value at least: Istio refuses an empty list, which would match nothing. */
const values = checked(optional(list(text)), (read) => read?.length === 0 && 'an empty list');

const notEmpty = <T extends object>(shape: Shape<T>): Shape<T> =>
  checked(shape, (read) => Object.values(read).every((each) => each === undefined) && 'it is empty');

const source = notEmpty(
  fields({
    principals: values,
    notPrincipals: values,
    namespaces: values,
    notNamespaces: values,
    requestPrincipals: values,
    notRequestPrincipals: values,
  }),
);

const paths = checked(values, (read) => read?.some((path) => path.includes('{')) && 'path templates are not simulated');

const operation = notEmpty(
  fields({
    ports: values,
    notPorts: values,
    methods: values,
    notMethods: values,
    paths,
    notPaths: paths,
    hosts: values,
    notHosts: values,
  }),
);

const claimKey: Shape<readonly string[]> = (value, where) => {
  const names = /^request\.auth\.claims((?:\[[^[\]]+\])+)$/.exec(text(value, where))?.[1];
  if (names === undefined) throw new ShapeError(`${where}: ${String(value)} is not simulated`);
  return names.slice(1, -1).split('][');
};

const condition = fields({ key: claimKey, values, notValues: values });

export const authorizationRule = fields({
  from: optional(list(fields({ source }))),
  to: optional(list(fields({ operation }))),
  when: optional(list(condition)),
});

export type AuthorizationRule = Parsed<typeof authorizationRule>;

/**
 * Whether one of the sources, one of the operations and all of the conditions match; an empty rule always does. Where a
 * rule asks for HTTP attributes of a connection that is not HTTP, an ALLOW rule never matches and a DENY rule matches
 * as if it did not ask.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/#Rule and
 * https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/
 */
export function ruleMatches(rule: AuthorizationRule, request: MeshRequest, action: 'ALLOW' | 'DENY'): boolean {
  const unknown = action === 'DENY';
  const { from = [], to = [], when = [] } = rule;
  return (
    (from.length === 0 || from.some((each) => sourceMatches(each.source, request, unknown))) &&
    (to.length === 0 || to.some((each) => operationMatches(each.operation, request, unknown))) &&
    when.every((each) => conditionHolds(each, request, unknown))
  );
}

function sourceMatches(each: Parsed<typeof source>, request: MeshRequest, unknown: boolean): boolean {
  const { principal } = request.source;
  const namespace = principal && /\/ns\/([^/]+)\//.exec(principal)?.[1];
  const asksForToken = each.requestPrincipals !== undefined || each.notRequestPrincipals !== undefined;
  return (
    isWanted(each.principals, each.notPrincipals, principal) &&
    isWanted(each.namespaces, each.notNamespaces, namespace) &&
    (request.http ? tokenIsWanted(each, request.source.claims ?? {}) : unknown || !asksForToken)
  );
}

function tokenIsWanted(each: Parsed<typeof source>, { iss, sub }: JwtClaims): boolean {
  const isIn = (patterns: readonly string[]): boolean =>
    typeof iss === 'string' &&
    typeof sub === 'string' &&
    patterns.some((pattern) => requestPrincipalMatches(pattern, iss, sub));
  return (
    (!each.requestPrincipals || isIn(each.requestPrincipals)) &&
    !(each.notRequestPrincipals && isIn(each.notRequestPrincipals))
  );
}

/** The last slash parts issuer and subject, and each half is matched for itself, so that no issuer fakes a subject. */
function requestPrincipalMatches(pattern: string, issuer: string, subject: string): boolean {
  const slash = pattern.lastIndexOf('/');
  if (slash >= 0) {
    return valueMatches(pattern.slice(0, slash), issuer) && valueMatches(pattern.slice(slash + 1), subject);
  }
  return pattern.startsWith('*')
    ? valueMatches(pattern, subject)
    : pattern.endsWith('*') && valueMatches(pattern, issuer);
}

function operationMatches(each: Parsed<typeof operation>, { port, http }: MeshRequest, unknown: boolean): boolean {
  const { ports, notPorts, ...wanted } = each;
  if (!isWanted(ports, notPorts, String(port))) return false;
  if (!http) return unknown || Object.values(wanted).every((value) => value === undefined);
  const lower = (hosts: readonly string[] | undefined): readonly string[] | undefined =>
    hosts?.map((host) => host.toLowerCase());
  return (
    isWanted(wanted.methods, wanted.notMethods, http.method) &&
    isWanted(wanted.paths, wanted.notPaths, http.path.replace(/[?#].*$/, '')) &&
    isWanted(lower(wanted.hosts), lower(wanted.notHosts), http.host.toLowerCase())
  );
}

function conditionHolds(each: Parsed<typeof condition>, request: MeshRequest, unknown: boolean): boolean {
  if (!request.http) return unknown;
  let claim: JwtClaims[string] | undefined = request.source.claims;
  for (const name of each.key) {
    claim = typeof claim === 'object' && !Array.isArray(claim) ? (claim as JwtClaims)[name] : undefined;
  }
  const held = typeof claim === 'string' ? [claim] : Array.isArray(claim) ? (claim as readonly string[]) : [];
  const { values: wanted, notValues: refused = [] } = each;
  return (
    (!wanted || held.some((value) => isWanted(wanted, undefined, value))) &&
    !held.some((value) => refused.some((pattern) => valueMatches(pattern, value)))
  );
}

/** A missing value matches no pattern, hence every negative list. */
function isWanted(
  wanted: readonly string[] | undefined,
  refused: readonly string[] | undefined,
  value: string | undefined,
): boolean {
  const isIn = (patterns: readonly string[]): boolean => patterns.some((pattern) => valueMatches(pattern, value ?? ''));
  return (!wanted || isIn(wanted)) && !(refused && isIn(refused));
}

/** Exact, prefix (`abc*`), suffix (`*abc`) or presence (`*`), which an empty value fails. */
function valueMatches(pattern: string, value: string): boolean {
  if (value === '') return false;
  if (pattern === '*') return true;
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? value.endsWith(pattern.slice(1)) : value === pattern;
}
