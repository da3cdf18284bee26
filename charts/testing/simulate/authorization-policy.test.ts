import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { authorizationPoliciesOf, meshAllows } from './authorization-policy.ts';
import type { MeshRequest } from './authorization-rule.ts';
import { outsidePod } from './workloads.ts';

const users = outsidePod({ id: 'users', namespace: 'shop', labels: { app: 'users', version: 'v1' } }, { shop: {} });
const gateway = 'cluster.local/ns/shop/sa/gateway';
const prometheus = 'cluster.local/ns/monitoring/sa/prometheus';

const policy = (spec: object, namespace = 'shop', name = 'policy'): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name, namespace },
  spec,
});

const http = { method: 'POST', path: '/graphql?x=1', host: 'Users.shop:80' };
const plain: MeshRequest = { source: {}, port: 4000, http };
const asGateway: MeshRequest = { ...plain, source: { principal: gateway } };
const asPrometheus: MeshRequest = { ...plain, source: { principal: prometheus } };
const tcp: MeshRequest = { source: { principal: gateway }, port: 4000 };
const withClaims: MeshRequest = {
  ...plain,
  source: { claims: { iss: 'https://id', sub: 'u1', roles: ['admin', 'staff'], realm: { name: 'shop' } } },
};

const allows = (request: MeshRequest, ...policies: KubernetesObject[]): boolean =>
  meshAllows({ ...request, destination: users }, authorizationPoliciesOf(policies), []).allowed;

const from = (source: object, action = 'ALLOW') => policy({ action, rules: [{ from: [{ source }] }] });
const to = (operation: object, action = 'ALLOW') => policy({ action, rules: [{ to: [{ operation }] }] });
const when = (...conditions: object[]) => policy({ rules: [{ when: conditions }] });
const allowAll = policy({ rules: [{}] });
const allowNothing = policy({});

describe('the order of policies', () => {
  it.each<[string, boolean, boolean]>([
    ['if there are no ALLOW policies for the workload, allow the request', true, allows(plain)],
    ['a policy without rules allows nothing', false, allows(asGateway, allowNothing)],
    ['an empty rule is always matched', true, allows(plain, allowAll)],
    [
      'if any of the ALLOW policies match the request, allow the request',
      true,
      allows(asGateway, allowNothing, from({ principals: [gateway] })),
    ],
    ['otherwise deny the request', false, allows(asPrometheus, from({ principals: [gateway] }))],
    [
      'if there are any DENY policies that match the request, deny the request',
      false,
      allows(asGateway, allowAll, from({ principals: [gateway] }, 'DENY')),
    ],
    [
      'a DENY policy that does not match leaves it to the others',
      true,
      allows(asGateway, from({ principals: [prometheus] }, 'DENY')),
    ],
    ['a DENY policy without rules never matches', true, allows(asGateway, policy({ action: 'DENY' }))],
    [
      'the action defaults to ALLOW',
      false,
      allows(asPrometheus, policy({ rules: [{ from: [{ source: { principals: [gateway] } }] }] })),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('where a policy applies', () => {
  const select = (labels: object) => ({ selector: { matchLabels: labels } });
  it.each<[string, boolean, boolean]>([
    ['the selector matches workloads in the same namespace', false, allows(plain, policy(select({ app: 'users' })))],
    ['all of its labels must match', true, allows(plain, policy(select({ app: 'users', version: 'v2' })))],
    ['a policy of another namespace does not apply', true, allows(plain, policy({}, 'other'))],
    ['one of the root namespace applies to all namespaces', false, allows(plain, policy({}, 'istio-system'))],
    [
      'and its selector to workloads of all namespaces',
      false,
      allows(plain, policy(select({ version: 'v1' }), 'istio-system')),
    ],
    ['whose labels match', true, allows(plain, policy(select({ version: 'v2' }), 'istio-system'))],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('from', () => {
  it.each<[string, boolean, boolean]>([
    ['principals: exact', true, allows(asGateway, from({ principals: [gateway] }))],
    ['principals: another', false, allows(asPrometheus, from({ principals: [gateway] }))],
    ['principals: a list is an OR', true, allows(asPrometheus, from({ principals: [gateway, prometheus] }))],
    ['principals: prefix', true, allows(asGateway, from({ principals: ['cluster.local/ns/shop/*'] }))],
    ['principals: suffix', true, allows(asGateway, from({ principals: ['*/sa/gateway'] }))],
    ['principals: presence, with mTLS', true, allows(asGateway, from({ principals: ['*'] }))],
    ['principals: presence, plaintext', false, allows(plain, from({ principals: ['*'] }))],
    ['notPrincipals: what is listed', false, allows(asGateway, from({ notPrincipals: [gateway] }))],
    ['notPrincipals: another', true, allows(asPrometheus, from({ notPrincipals: [gateway] }))],
    ['notPrincipals: plaintext has none of them', true, allows(plain, from({ notPrincipals: [gateway] }))],
    ['a DENY with notPrincipals refuses plaintext', false, allows(plain, from({ notPrincipals: [gateway] }, 'DENY'))],
    ['namespaces: from the peer certificate', true, allows(asPrometheus, from({ namespaces: ['monitoring'] }))],
    ['namespaces: another', false, allows(asGateway, from({ namespaces: ['monitoring'] }))],
    ['namespaces: plaintext is of none', false, allows(plain, from({ namespaces: ['*'] }))],
    ['notNamespaces', false, allows(asGateway, from({ notNamespaces: ['shop'] }))],
    [
      'fields in the source are ANDed',
      false,
      allows(asGateway, from({ principals: [gateway], namespaces: ['monitoring'] })),
    ],
    [
      'sources are ORed',
      true,
      allows(
        asGateway,
        policy({ rules: [{ from: [{ source: { namespaces: ['x'] } }, { source: { namespaces: ['shop'] } }] }] }),
      ),
    ],
    ['requestPrincipals: issuer and subject', true, allows(withClaims, from({ requestPrincipals: ['https://id/u1'] }))],
    ['requestPrincipals: any valid token', true, allows(withClaims, from({ requestPrincipals: ['*'] }))],
    [
      'requestPrincipals: any subject of an issuer',
      true,
      allows(withClaims, from({ requestPrincipals: ['https://id/*'] })),
    ],
    [
      'requestPrincipals: no issuer that only begins so',
      false,
      allows(
        { ...plain, source: { claims: { iss: 'https://id/evil', sub: 'u1' } } },
        from({ requestPrincipals: ['https://id/*'] }),
      ),
    ],
    [
      'requestPrincipals: a list is an OR',
      true,
      allows(withClaims, from({ requestPrincipals: ['x/y', 'https://id/u1'] })),
    ],
    ['requestPrincipals: a subject of any issuer', true, allows(withClaims, from({ requestPrincipals: ['*/u1'] }))],
    ['requestPrincipals: the end of a subject', true, allows(withClaims, from({ requestPrincipals: ['*1'] }))],
    ['requestPrincipals: the end of another subject', false, allows(withClaims, from({ requestPrincipals: ['*2'] }))],
    ['requestPrincipals: the start of its issuer', true, allows(withClaims, from({ requestPrincipals: ['https:*'] }))],
    ['requestPrincipals: the start of an issuer', false, allows(withClaims, from({ requestPrincipals: ['http:*'] }))],
    [
      'notRequestPrincipals: what is listed',
      false,
      allows(withClaims, from({ notRequestPrincipals: ['https://id/u1'] })),
    ],
    ['requestPrincipals: no token', false, allows(asGateway, from({ requestPrincipals: ['*'] }))],
    ['DENY without a token', false, allows(asGateway, from({ notRequestPrincipals: ['*'] }, 'DENY'))],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('to', () => {
  it.each<[string, boolean, boolean]>([
    ['ports: the connection’s', true, allows(plain, to({ ports: ['4000'] }))],
    ['ports: another', false, allows(plain, to({ ports: ['9400'] }))],
    ['notPorts', false, allows(plain, to({ notPorts: ['4000'] }))],
    ['methods', true, allows(plain, to({ methods: ['GET', 'POST'] }))],
    ['methods: another', false, allows(plain, to({ methods: ['GET'] }))],
    ['notMethods', false, allows(plain, to({ notMethods: ['POST'] }))],
    ['paths: exact, without the query', true, allows(plain, to({ paths: ['/graphql'] }))],
    ['paths: exact is no prefix', false, allows(plain, to({ paths: ['/graph'] }))],
    ['paths: prefix', true, allows(plain, to({ paths: ['/graph*'] }))],
    ['paths: a prefix matches the value itself', true, allows(plain, to({ paths: ['/graphql*'] }))],
    ['paths: suffix', true, allows(plain, to({ paths: ['*ql'] }))],
    ['paths: case counts', false, allows(plain, to({ paths: ['/GraphQL'] }))],
    ['notPaths', false, allows(plain, to({ notPaths: ['/graph*'] }))],
    ['hosts: the match is case-insensitive', true, allows(plain, to({ hosts: ['users.SHOP:80'] }))],
    ['hosts: the port belongs to it', false, allows(plain, to({ hosts: ['users.shop'] }))],
    ['notHosts', false, allows(plain, to({ notHosts: ['users.shop:*'] }))],
    ['fields in the operation are ANDed', false, allows(plain, to({ methods: ['POST'], paths: ['/x'] }))],
    [
      'operations are ORed',
      true,
      allows(
        plain,
        policy({ rules: [{ to: [{ operation: { paths: ['/x'] } }, { operation: { methods: ['POST'] } }] }] }),
      ),
    ],
    [
      'a rule needs a source and an operation',
      false,
      allows(
        asGateway,
        policy({
          rules: [{ from: [{ source: { principals: [gateway] } }], to: [{ operation: { methods: ['GET'] } }] }],
        }),
      ),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('a connection that is not HTTP', () => {
  it.each<[string, boolean, boolean]>([
    ['ALLOW with an HTTP-only field never matches', false, allows(tcp, to({ ports: ['4000'], methods: ['POST'] }))],
    ['nor with a negative one', false, allows(tcp, to({ notPaths: ['/x'] }))],
    ['ALLOW with ports alone matches', true, allows(tcp, to({ ports: ['4000'] }))],
    ['ALLOW with a principal matches', true, allows(tcp, from({ principals: [gateway] }))],
    ['ALLOW with a token never matches', false, allows(tcp, from({ notRequestPrincipals: ['x'] }))],
    [
      'for a DENY rule, missing attributes are treated as matches',
      false,
      allows(tcp, to({ ports: ['4000'], methods: ['GET'] }, 'DENY')),
    ],
    ['of its port', true, allows(tcp, to({ ports: ['8080'], methods: ['GET'] }, 'DENY'))],
    ['conditions on a token', false, allows(tcp, when({ key: 'request.auth.claims[iss]', values: ['*'] }))],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('when', () => {
  const claim = (name: string) => `request.auth.claims${name}`;
  it.each<[string, boolean, boolean]>([
    ['a claim’s value', true, allows(withClaims, when({ key: claim('[iss]'), values: ['https://id'] }))],
    ['another value', false, allows(withClaims, when({ key: claim('[iss]'), values: ['https://other'] }))],
    ['one of a list of values', true, allows(withClaims, when({ key: claim('[roles]'), values: ['staff'] }))],
    ['a nested claim', true, allows(withClaims, when({ key: claim('[realm][name]'), values: ['sh*'] }))],
    ['a claim that is not there', false, allows(withClaims, when({ key: claim('[aud]'), values: ['*'] }))],
    ['no token', false, allows(asGateway, when({ key: claim('[iss]'), values: ['*'] }))],
    ['notValues', false, allows(withClaims, when({ key: claim('[roles]'), notValues: ['admin'] }))],
    ['notValues: a claim that is not there', true, allows(withClaims, when({ key: claim('[aud]'), notValues: ['x'] }))],
    [
      'all conditions must hold',
      false,
      allows(withClaims, when({ key: claim('[iss]'), values: ['*'] }, { key: claim('[sub]'), values: ['u2'] })),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('a policy that is not understood', () => {
  it.each<[string, object]>([
    ['one of ALLOW, DENY is expected, not "CUSTOM"', { action: 'CUSTOM', rules: [{}] }],
    ['one of ALLOW, DENY is expected, not "AUDIT"', { action: 'AUDIT', rules: [{}] }],
    ['spec.provider: this field is not simulated', { provider: { name: 'x' } }],
    ['spec.targetRefs: this field is not simulated', { targetRefs: [] }],
    ['source.ipBlocks: this field is not simulated', { rules: [{ from: [{ source: { ipBlocks: ['10.0.0.0/8'] } }] }] }],
    [
      'request.headers[canary] is not simulated',
      { rules: [{ when: [{ key: 'request.headers[canary]', values: ['x'] }] }] },
    ],
    ['principals: an empty list', { rules: [{ from: [{ source: { principals: [] } }] }] }],
    ['source: it is empty', { rules: [{ from: [{ source: {} }] }] }],
    ['operation: it is empty', { rules: [{ to: [{ operation: {} }] }] }],
    ['path templates are not simulated', { rules: [{ to: [{ operation: { paths: ['/b', '/a/{*}'] } }] }] }],
    ['ports[0]: a text is expected, not 4000', { rules: [{ to: [{ operation: { ports: [4000] } }] }] }],
  ])('is refused: %s', (message, spec) => {
    expect(() => authorizationPoliciesOf([policy(spec)])).toThrow(message);
  });
});
