import { ShapeError } from './shape.ts';
import type { Endpoint, Pod } from './workloads.ts';

/** The sidecar's own ports: health, merged metrics and probes, Envoy's metrics. */
const sidecarPorts: readonly number[] = [15020, 15021, 15090];

const trafficAnnotation = 'traffic.sidecar.istio.io/';

/**
 * Whether a pod gets a sidecar: `istio-injection: disabled` on its namespace or `sidecar.istio.io/inject: "false"` on
 * itself wins; else one of them must ask for it, or a revision label must.
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function isInMesh(pod: Pod): boolean {
  const ofPod = pod.labels['sidecar.istio.io/inject'] ?? pod.annotations['sidecar.istio.io/inject'];
  const ofNamespace = pod.namespaceLabels['istio-injection'];
  if (ofPod === 'false' || ofNamespace === 'disabled') return false;
  const hasRevision = Boolean(pod.labels['istio.io/rev'] ?? pod.namespaceLabels['istio.io/rev']);
  return ofPod === 'true' || ofNamespace === 'enabled' || hasRevision;
}

/**
 * Whether a connection to a port of a pod of the mesh goes through its sidecar, and so through the mesh's policies.
 *
 * Source: https://istio.io/latest/docs/reference/config/annotations/#SidecarTrafficExcludeInboundPorts
 */
export const capturesInbound = (pod: Pod, port: number): boolean =>
  !sidecarPorts.includes(port) && !excluded(pod, 'excludeInboundPorts').includes(port);

/** The principal that an endpoint's sidecar shows to a port; `undefined` where it sends plaintext. */
export function identityOf(source: Endpoint, port: number): string | undefined {
  if (source.kind !== 'pod' || !isInMesh(source)) return undefined;
  if (excluded(source, 'excludeOutboundPorts').includes(port)) return undefined;
  return `cluster.local/ns/${source.namespace}/sa/${source.serviceAccount}`;
}

function excluded(pod: Pod, name: 'excludeInboundPorts' | 'excludeOutboundPorts'): number[] {
  const known = ['excludeInboundPorts', 'excludeOutboundPorts'].map((each) => trafficAnnotation + each);
  const strange = Object.keys(pod.annotations).find((key) => key.startsWith(trafficAnnotation) && !known.includes(key));
  if (strange) throw new ShapeError(`pod ${pod.id}: the annotation ${strange} is not simulated`);
  const ports = pod.annotations[trafficAnnotation + name];
  return ports ? ports.split(',').map(Number) : [];
}
