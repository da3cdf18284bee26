import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { authorizationPoliciesOf, meshAllows } from './authorization-policy.ts';
import { mtlsMode, peerAuthenticationsOf } from './peer-authentication.ts';
import { outsidePod } from './workloads.ts';

const users = outsidePod({ id: 'users', namespace: 'shop', labels: { app: 'users' } }, { shop: {} });

const authentication = (spec: object, namespace = 'shop', name = 'default'): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name, namespace },
  spec,
});

const wide = (mode: string, namespace?: string) => authentication({ mtls: { mode } }, namespace);
const own = (spec: object, app = 'users') =>
  authentication({ selector: { matchLabels: { app } }, ...spec }, 'shop', 'own');
const mode = (...objects: KubernetesObject[]) => mtlsMode(users, 4000, peerAuthenticationsOf(objects));

describe('mtlsMode', () => {
  it.each<[string, string, string]>([
    ['without any policy it is PERMISSIVE', 'PERMISSIVE', mode()],
    ['the mesh’s policy is in the root namespace', 'STRICT', mode(wide('STRICT', 'istio-system'))],
    ['the namespace’s goes before the mesh’s', 'PERMISSIVE', mode(wide('STRICT', 'istio-system'), wide('PERMISSIVE'))],
    ['another namespace’s has no effect', 'PERMISSIVE', mode(wide('STRICT', 'other'))],
    ['the workload’s goes before the namespace’s', 'DISABLE', mode(wide('STRICT'), own({ mtls: { mode: 'DISABLE' } }))],
    ['another workload’s has no effect', 'STRICT', mode(wide('STRICT'), own({ mtls: { mode: 'DISABLE' } }, 'orders'))],
    ['UNSET inherits from the parent', 'STRICT', mode(wide('STRICT'), own({ mtls: { mode: 'UNSET' } }))],
    ['a policy without mtls inherits too', 'STRICT', mode(wide('STRICT', 'istio-system'), authentication({}))],
    ['UNSET without a parent is PERMISSIVE', 'PERMISSIVE', mode(wide('UNSET'))],
    [
      'the port’s goes before the workload’s',
      'PERMISSIVE',
      mode(own({ mtls: { mode: 'STRICT' }, portLevelMtls: { 4000: { mode: 'PERMISSIVE' } } })),
    ],
    [
      'another port’s has no effect',
      'STRICT',
      mode(own({ mtls: { mode: 'STRICT' }, portLevelMtls: { 9400: { mode: 'DISABLE' } } })),
    ],
    [
      'UNSET on a port inherits from the workload',
      'STRICT',
      mode(own({ mtls: { mode: 'STRICT' }, portLevelMtls: { 4000: { mode: 'UNSET' } } })),
    ],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });

  it('refuses what would have no effect: ports without a selector, a selector in the root namespace', () => {
    const portLevelMtls = { 4000: { mode: 'DISABLE' } };
    expect(() => mode(authentication({ portLevelMtls }))).toThrow('needs a selector');
    expect(() => mode(authentication({ portLevelMtls, selector: { matchLabels: {} } }))).toThrow('needs a selector');
    const selector = { matchLabels: { app: 'users' } };
    expect(() => mode(authentication({ selector, mtls: { mode: 'STRICT' } }, 'istio-system'))).toThrow('no effect');
  });

  it('refuses two policies of one scope', () => {
    expect(() => mode(wide('STRICT'), authentication({ mtls: { mode: 'DISABLE' } }, 'shop', 'second'))).toThrow(
      'namespace shop: several PeerAuthentications: default, second',
    );
    const both = [
      own({ mtls: { mode: 'STRICT' } }),
      authentication({ selector: { matchLabels: { app: 'users' } } }, 'shop', 'other'),
    ];
    expect(() => mode(...both)).toThrow('workload users: several PeerAuthentications: own, other');
  });
});

describe('a connection to a workload', () => {
  const principal = 'cluster.local/ns/shop/sa/gateway';
  const onlyGateway = authorizationPoliciesOf([
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'gateway', namespace: 'shop' },
      spec: { rules: [{ from: [{ source: { principals: [principal] } }] }] },
    },
  ]);
  const verdict = (given: string | undefined, level: string, policies = onlyGateway) =>
    meshAllows(
      { source: { principal: given }, port: 4000, destination: users },
      policies,
      peerAuthenticationsOf([wide(level)]),
    );

  it('as plaintext is refused under STRICT, whatever the policies', () => {
    expect(verdict(undefined, 'STRICT', [])).toEqual({
      allowed: false,
      because: 'mesh at users: plaintext on port 4000, which is STRICT',
    });
    expect(verdict(undefined, 'PERMISSIVE', []).allowed).toBe(true);
  });

  it('has its identity under STRICT and PERMISSIVE', () => {
    expect(verdict(principal, 'STRICT').allowed).toBe(true);
    expect(verdict(principal, 'PERMISSIVE').allowed).toBe(true);
    expect(verdict(undefined, 'PERMISSIVE').allowed).toBe(false);
  });

  it('has no identity under DISABLE, where nobody sends a certificate', () => {
    expect(verdict(principal, 'DISABLE').allowed).toBe(false);
    expect(verdict(principal, 'DISABLE', []).allowed).toBe(true);
  });
});
