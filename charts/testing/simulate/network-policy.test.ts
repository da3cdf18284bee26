import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { networkAllows, networkPoliciesOf } from './network-policy.ts';
import { type Endpoint, outsidePod, type Protocol } from './workloads.ts';

const namespaces = { shop: { team: 'shop' }, monitoring: { team: 'platform' } };
const http = { name: 'http', number: 4000, protocol: 'TCP' } as const;
const pod = (id: string, namespace = 'shop', ports: (typeof http)[] = []) =>
  outsidePod({ id, namespace, labels: { app: id }, ports }, namespaces);

const gateway = pod('gateway');
const users = pod('users', 'shop', [http]);
const prometheus = pod('prometheus', 'monitoring');
const usersElsewhere = { ...pod('users', 'monitoring'), id: 'users elsewhere' };
const internet: Endpoint = { kind: 'host', id: 'internet', address: '203.0.113.9', ports: [] };
const database: Endpoint = { kind: 'host', id: 'database', address: '10.0.5.5', ports: [] };
const kubelet: Endpoint = { kind: 'node', id: 'kubelet', address: '10.0.0.4', local: true, ports: [] };
const otherNode: Endpoint = { ...kubelet, id: 'other node', local: false };

const policy = (spec: object, name = 'policy', namespace = 'shop'): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});

const allows = (
  specs: readonly object[],
  source: Endpoint,
  destination: Endpoint,
  port = 4000,
  protocol: Protocol = 'TCP',
): boolean =>
  networkAllows(
    { source, destination, port, protocol },
    networkPoliciesOf(specs.map((spec, index) => policy(spec, `policy-${index}`))),
  ).allowed;

const all = { podSelector: {} };
const usersOnly = { podSelector: { matchLabels: { app: 'users' } } };
const from = (...peers: object[]) => ({ ...usersOnly, ingress: [{ from: peers }] });
const to = (...peers: object[]) => ({ ...all, policyTypes: ['Egress'], egress: [{ to: peers }] });
const ports = (...each: object[]) => ({ ...usersOnly, ingress: [{ ports: each }] });

describe('which pods are isolated', () => {
  it.each<[string, boolean, boolean]>([
    [
      'if no policies exist in a namespace, then all ingress and egress traffic is allowed',
      true,
      allows([], gateway, users),
    ],
    [
      'a policy selects pods by its podSelector',
      true,
      allows([{ podSelector: { matchLabels: { app: 'x' } } }], gateway, users),
    ],
    ['a selected pod without a rule is isolated for ingress', false, allows([usersOnly], gateway, users)],
    ['an empty podSelector selects all pods in the namespace', false, allows([all], gateway, users)],
    ['a missing podSelector defaults to an empty one', false, allows([{}], gateway, users)],
    ['a policy is for its own namespace only', true, allows([all], users, prometheus)],
    ['egress isolation is declared independently of ingress', true, allows([all], users, internet)],
    [
      'matchExpressions select as well',
      false,
      allows([{ podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }], gateway, users),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('policyTypes', () => {
  const rule = [{}];
  it.each<[string, boolean, boolean]>([
    ['if none are specified, Ingress will always be set', false, allows([all], gateway, users)],
    [
      'and Egress will be set if the policy has any egress rules',
      false,
      allows([{ ...all, egress: [{ ports: [{ port: 53 }] }], ingress: rule }], gateway, users),
    ],
    ['an empty egress list is no rule', true, allows([{ ...all, egress: [] }], gateway, internet)],
    ['an empty list of types is none', false, allows([{ ...all, policyTypes: [] }], gateway, users)],
    [
      'an egress-only policy must say so, and leaves ingress alone',
      true,
      allows([{ ...usersOnly, policyTypes: ['Egress'], egress: rule }], gateway, users),
    ],
    ['no egress at all needs the type Egress', false, allows([{ ...all, policyTypes: ['Egress'] }], gateway, internet)],
    [
      'rules of a type that is not listed have no effect',
      true,
      allows([{ ...all, policyTypes: ['Ingress'], egress: [{ ports: [{ port: 53 }] }] }], gateway, internet),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('from and to', () => {
  const shop = { matchLabels: { team: 'shop' } };
  const platform = { matchLabels: { team: 'platform' } };
  const isGateway = { matchLabels: { app: 'gateway' } };
  const isPrometheus = { matchLabels: { app: 'prometheus' } };
  it.each<[string, boolean, boolean]>([
    ['a missing from matches all sources', true, allows([{ ...usersOnly, ingress: [{}] }], internet, users)],
    ['an empty from matches all sources', true, allows([from()], internet, users)],
    [
      'a null from, as YAML writes an empty one, too',
      true,
      allows([{ ...usersOnly, ingress: [{ from: null }] }], internet, users),
    ],
    ['an empty ingress list allows nothing', false, allows([{ ...usersOnly, ingress: [] }], gateway, users)],
    [
      'podSelector alone: pods of the policy’s namespace',
      true,
      allows([from({ podSelector: isGateway })], gateway, users),
    ],
    [
      'and no pods of others with the same labels',
      false,
      allows([from({ podSelector: { matchLabels: { app: 'users' } } })], usersElsewhere, users),
    ],
    ['an empty podSelector: every pod of the namespace', true, allows([from({ podSelector: {} })], gateway, users)],
    ['but nothing without labels', false, allows([from({ podSelector: {} })], internet, users)],
    [
      'namespaceSelector alone: all pods of these namespaces',
      true,
      allows([from({ namespaceSelector: platform })], prometheus, users),
    ],
    [
      'the own namespace only if it is selected',
      false,
      allows([from({ namespaceSelector: platform })], gateway, users),
    ],
    ['an empty namespaceSelector: all namespaces', true, allows([from({ namespaceSelector: {} })], prometheus, users)],
    [
      'the name of a namespace is one of its labels',
      true,
      allows(
        [from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } })],
        prometheus,
        users,
      ),
    ],
    [
      'one peer with both: pods with the label in these namespaces',
      true,
      allows([from({ namespaceSelector: platform, podSelector: isPrometheus })], prometheus, users),
    ],
    [
      'one peer with both is an AND',
      false,
      allows([from({ namespaceSelector: shop, podSelector: isPrometheus })], prometheus, users),
    ],
    [
      'two peers are an OR',
      true,
      allows([from({ namespaceSelector: platform }, { podSelector: isGateway })], prometheus, users),
    ],
    [
      'two peers: podSelector stays in the own namespace',
      false,
      allows([from({ namespaceSelector: shop }, { podSelector: isPrometheus })], prometheus, users),
    ],
    ['ipBlock: a range of addresses', true, allows([from({ ipBlock: { cidr: '203.0.113.0/24' } })], internet, users)],
    ['ipBlock: outside of the range', false, allows([from({ ipBlock: { cidr: '198.51.100.0/24' } })], internet, users)],
    [
      'except takes a part of the range out',
      false,
      allows([to({ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } })], gateway, database),
    ],
    [
      'and leaves the rest',
      true,
      allows([to({ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } })], gateway, internet),
    ],
    [
      'an ipBlock that holds the pods’ addresses is for pods too',
      true,
      allows([to({ ipBlock: { cidr: '10.244.0.0/16' } })], gateway, users),
    ],
    ['traffic from the pod’s local node is allowed', true, allows([usersOnly], kubelet, users)],
    ['from another node it is not', false, allows([usersOnly], otherNode, users)],
    [
      'rules of several policies are added up',
      true,
      allows([usersOnly, from({ podSelector: isGateway })], gateway, users),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('ports', () => {
  it.each<[string, boolean, boolean]>([
    ['an empty list matches all ports', true, allows([ports()], gateway, users, 9)],
    ['a listed port', true, allows([ports({ port: 4000 })], gateway, users)],
    ['a port that is not listed', false, allows([ports({ port: 4000 })], gateway, users, 9400)],
    ['the protocol defaults to TCP', false, allows([ports({ port: 4000 })], gateway, users, 4000, 'UDP')],
    ['another protocol', true, allows([ports({ port: 53, protocol: 'UDP' })], gateway, users, 53, 'UDP')],
    ['without a port: all of the protocol', true, allows([ports({ protocol: 'UDP' })], gateway, users, 9, 'UDP')],
    ['and none of others', false, allows([ports({ protocol: 'UDP' })], gateway, users)],
    [
      'endPort: the last of the range, inclusive',
      true,
      allows([ports({ port: 4000, endPort: 4010 })], gateway, users, 4010),
    ],
    ['endPort: past it', false, allows([ports({ port: 4000, endPort: 4010 })], gateway, users, 4011)],
    ['a named port is one of the destination pod', true, allows([ports({ port: 'http' })], gateway, users)],
    ['and only that', false, allows([ports({ port: 'http' })], gateway, users, 9400)],
    ['a name that the pod does not have', false, allows([ports({ port: 'admin' })], gateway, users)],
    [
      'a named port of the destination in an egress rule',
      true,
      allows([{ ...all, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] }], gateway, users),
    ],
    [
      'a rule needs its peer and its port',
      false,
      allows(
        [
          {
            ...usersOnly,
            ingress: [{ from: [{ podSelector: { matchLabels: { app: 'gateway' } } }], ports: [{ port: 1 }] }],
          },
        ],
        gateway,
        users,
      ),
    ],
    [
      'peers and ports of two rules do not mix',
      false,
      allows(
        [
          {
            ...usersOnly,
            ingress: [
              { from: [{ namespaceSelector: {} }], ports: [{ port: 1 }] },
              { from: [{ podSelector: { matchLabels: { app: 'x' } } }], ports: [{ port: 4000 }] },
            ],
          },
        ],
        gateway,
        users,
      ),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('both ends', () => {
  const opens = { ...usersOnly, ingress: [{}] };
  const closes = { podSelector: { matchLabels: { app: 'gateway' } }, policyTypes: ['Egress'] };

  it('both the egress policy on the source and the ingress policy on the destination need to allow it', () => {
    expect(allows([opens], gateway, users)).toBe(true);
    expect(allows([opens, closes], gateway, users)).toBe(false);
    expect(allows([usersOnly, { ...closes, egress: [{}] }], gateway, users)).toBe(false);
    expect(allows([opens, { ...closes, egress: [{}] }], gateway, users)).toBe(true);
  });

  it('says which end refuses, and by which policies', () => {
    const policies = networkPoliciesOf([policy(usersOnly, 'deny-all'), policy(from({ podSelector: {} }), 'own')]);
    expect(networkAllows({ source: internet, destination: users, port: 4000 }, policies)).toEqual({
      allowed: false,
      because: 'ingress of users: no rule of deny-all, own allows it',
    });
    expect(networkAllows({ source: gateway, destination: users, port: 4000 }, policies).because).toBe(
      'egress of gateway: no policy selects it; ingress of users: own',
    );
  });
});

describe('a policy that is not understood', () => {
  it.each<[string, object]>([
    ['spec.ingress[0].form: this field is not simulated', { ...usersOnly, ingress: [{ form: [] }] }],
    ['a peer needs a selector or an ipBlock', from({})],
    ['ipBlock stands alone in a peer', from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } })],
    ['except 11.0.0.0/8 is not inside 10.0.0.0/8', from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/8'] } })],
    ['endPort needs a numbered port up to it', ports({ port: 'http', endPort: 4010 })],
    ['endPort needs a numbered port up to it', ports({ port: 4000, endPort: 3999 })],
    ['one of Ingress, Egress is expected', { ...all, policyTypes: ['ingress'] }],
    ['one of TCP, UDP, SCTP is expected', ports({ port: 53, protocol: 'udp' })],
  ])('is refused: %s', (message, spec) => {
    expect(() => networkPoliciesOf([policy(spec)])).toThrow(message);
  });

  it('is refused in another version of the API', () => {
    const old = { ...policy(all), apiVersion: 'networking.k8s.io/v1beta1' };
    expect(() => networkPoliciesOf([old])).toThrow('networking.k8s.io/v1beta1 is not simulated');
  });
});
