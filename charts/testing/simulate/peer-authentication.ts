import type { KubernetesObject } from '../kubernetes-object.ts';
import { hasLabels, type Labels } from './label-selector.ts';
import { fields, mapOf, oneOf, optional, type Parsed, ShapeError, text } from './shape.ts';
import { type Specified, specifications } from './specifications.ts';
import type { Pod } from './workloads.ts';

/** Istio's `selector` of a workload: labels that must all be there. */
export const workloadSelector = fields({ matchLabels: optional(mapOf(text)) });

/** Where the mesh's own configuration lives: a policy there is for every namespace. Istio's default. */
export const rootNamespace = 'istio-system';

const mutualTls = fields({ mode: optional(oneOf('UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT')) });

const peerAuthenticationSpec = fields({
  selector: optional(workloadSelector),
  mtls: optional(mutualTls),
  portLevelMtls: optional(mapOf(mutualTls)),
});

export type PeerAuthentication = Specified<Parsed<typeof peerAuthenticationSpec>>;

export type MtlsMode = 'DISABLE' | 'PERMISSIVE' | 'STRICT';

/** The PeerAuthentications among rendered objects. Throws a ShapeError for what is not simulated or has no effect. */
export function peerAuthenticationsOf(objects: readonly KubernetesObject[]): PeerAuthentication[] {
  const found = specifications(objects, 'security.istio.io/v1', 'PeerAuthentication', peerAuthenticationSpec);
  for (const policy of found) {
    const isForWorkloads = Object.keys(selectorOf(policy)).length > 0;
    if (policy.spec.portLevelMtls && !isForWorkloads) {
      throw new ShapeError(`PeerAuthentication ${policy.name}: portLevelMtls needs a selector`);
    }
    if (isForWorkloads && policy.namespace === rootNamespace) {
      throw new ShapeError(`PeerAuthentication ${policy.name}: a selector has no effect in the root namespace`);
    }
  }
  return found;
}

/** An empty selector is as good as none. */
const selectorOf = ({ spec }: PeerAuthentication): Labels => spec.selector?.matchLabels ?? {};

/**
 * How a workload's port takes connections. The narrowest policy wins: port, workload, namespace, mesh; `UNSET` inherits
 * from the next wider one, and without any it is `PERMISSIVE`. Of two policies for the same scope Istio takes the older;
 * here that is an error, since rendered objects have no age.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/ and
 * https://istio.io/latest/docs/concepts/security/#peer-authentication
 */
export function mtlsMode(pod: Pod, port: number, policies: readonly PeerAuthentication[]): MtlsMode {
  const isWide = (policy: PeerAuthentication): boolean => Object.keys(selectorOf(policy)).length === 0;
  const own = policies.filter(({ namespace }) => namespace === pod.namespace);
  const workload = only(
    own.filter((policy) => !isWide(policy) && hasLabels(pod.labels, selectorOf(policy))),
    `workload ${pod.id}`,
  );
  const modes = [
    workload?.spec.portLevelMtls?.[port]?.mode,
    workload?.spec.mtls?.mode,
    only(own.filter(isWide), `namespace ${pod.namespace}`)?.spec.mtls?.mode,
    only(
      policies.filter((policy) => policy.namespace === rootNamespace && isWide(policy)),
      'mesh',
    )?.spec.mtls?.mode,
  ];
  return modes.find((mode) => mode !== undefined && mode !== 'UNSET') ?? 'PERMISSIVE';
}

function only(policies: readonly PeerAuthentication[], scope: string): PeerAuthentication | undefined {
  if (policies.length > 1) {
    throw new ShapeError(`${scope}: several PeerAuthentications: ${policies.map(({ name }) => name).join(', ')}`);
  }
  return policies[0];
}
