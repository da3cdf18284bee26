import { describe, expect, it } from 'vitest';
import { capturesInbound, identityOf, isInMesh } from './mesh-membership.ts';
import { outsidePod } from './workloads.ts';

const pod = (namespaceLabels: Record<string, string>, labels = {}, annotations = {}) =>
  outsidePod(
    { id: 'users', namespace: 'shop', serviceAccount: 'users', labels, annotations },
    { shop: namespaceLabels },
  );

const on = { 'istio-injection': 'enabled' };
const off = { 'istio-injection': 'disabled' };
const yes = { 'sidecar.istio.io/inject': 'true' };
const no = { 'sidecar.istio.io/inject': 'false' };

describe('isInMesh', () => {
  it.each<[string, boolean, boolean]>([
    ['nothing says so', false, isInMesh(pod({}))],
    ['the namespace is enabled', true, isInMesh(pod(on))],
    ['the pod asks for it', true, isInMesh(pod({}, yes))],
    ['if either label is set to disabled, it is not injected: the pod', false, isInMesh(pod(on, no))],
    ['if either label is set to disabled, it is not injected: the namespace', false, isInMesh(pod(off, yes))],
    ['the older annotation', false, isInMesh(pod(on, {}, no))],
    ['a revision of the namespace', true, isInMesh(pod({ 'istio.io/rev': 'stable' }))],
    ['a revision of the pod', true, isInMesh(pod({}, { 'istio.io/rev': 'stable' }))],
  ])('%s', (_, expected, actual) => {
    expect(actual).toBe(expected);
  });
});

describe('what passes the sidecar', () => {
  const excluding = (name: string, ports: string) => pod(on, {}, { [`traffic.sidecar.istio.io/${name}`]: ports });

  it('inbound: everything but the sidecar’s own ports and the excluded ones', () => {
    expect([4000, 9400, 15020, 15021, 15090].map((port) => capturesInbound(pod(on), port))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(capturesInbound(excluding('excludeInboundPorts', '9400, 9401'), 9401)).toBe(false);
    expect(capturesInbound(excluding('excludeInboundPorts', '9400'), 4000)).toBe(true);
  });

  it('outbound: with the identity of the service account, but for excluded ports', () => {
    expect(identityOf(pod(on), 4000)).toBe('cluster.local/ns/shop/sa/users');
    expect(identityOf(pod({}), 4000)).toBeUndefined();
    expect(identityOf(excluding('excludeOutboundPorts', '5432'), 5432)).toBeUndefined();
    expect(identityOf({ kind: 'host', id: 'x', address: '203.0.113.9', ports: [] }, 4000)).toBeUndefined();
  });

  it('refuses an annotation that it would have to know', () => {
    expect(() => capturesInbound(excluding('includeInboundPorts', '*'), 4000)).toThrow('includeInboundPorts');
  });
});
