import type { KubernetesObject } from '../kubernetes-object.ts';
import { type AuthorizationRule, authorizationRule, type MeshRequest, ruleMatches } from './authorization-rule.ts';
import { hasLabels } from './label-selector.ts';
import type { Verdict } from './network-policy.ts';
import { mtlsMode, type PeerAuthentication, rootNamespace, workloadSelector } from './peer-authentication.ts';
import { fields, list, oneOf, optional, type Parsed } from './shape.ts';
import { type Specified, specifications } from './specifications.ts';
import type { Pod } from './workloads.ts';

const authorizationPolicySpec = fields({
  selector: optional(workloadSelector),
  // CUSTOM asks an extension and AUDIT only logs: a test that meets one should say so, not guess.
  action: optional(oneOf('ALLOW', 'DENY')),
  rules: optional(list(authorizationRule)),
});

export type AuthorizationPolicy = Specified<Parsed<typeof authorizationPolicySpec>>;

/** The AuthorizationPolicies among rendered objects. Throws a ShapeError for what is not simulated. */
export const authorizationPoliciesOf = (objects: readonly KubernetesObject[]): AuthorizationPolicy[] =>
  specifications(objects, 'security.istio.io/v1', 'AuthorizationPolicy', authorizationPolicySpec);

/**
 * Whether the sidecar of `destination`, a pod of the mesh, lets a request in. First the connection: plaintext is refused
 * under `STRICT`, and under `DISABLE` nobody has an identity. Then any DENY policy that matches refuses; without an
 * ALLOW policy for the workload it is allowed; else one of them must match.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function meshAllows(
  request: MeshRequest & { readonly destination: Pod },
  policies: readonly AuthorizationPolicy[],
  peerAuthentications: readonly PeerAuthentication[],
): Verdict {
  const { destination, port } = request;
  const label = `mesh at ${destination.id}`;
  const mode = mtlsMode(destination, port, peerAuthentications);
  if (mode === 'STRICT' && request.source.principal === undefined) {
    return { allowed: false, because: `${label}: plaintext on port ${port}, which is STRICT` };
  }
  const seen = mode === 'DISABLE' ? { ...request, source: { ...request.source, principal: undefined } } : request;
  const applying = policies.filter((policy) => appliesTo(policy, destination));
  const denies = applying.filter(({ spec }) => spec.action === 'DENY');
  const denying = denies.find((policy) => matches(policy, seen, 'DENY'));
  if (denying) return { allowed: false, because: `${label}: denied by ${denying.name}` };
  const allows = applying.filter(({ spec }) => spec.action !== 'DENY');
  if (allows.length === 0) return { allowed: true, because: `${label}: no ALLOW policy selects it` };
  const allowing = allows.find((policy) => matches(policy, seen, 'ALLOW'));
  if (allowing) return { allowed: true, because: `${label}: ${allowing.name}` };
  return { allowed: false, because: `${label}: no rule of ${allows.map(({ name }) => name).join(', ')} allows it` };
}

const appliesTo = ({ namespace, spec }: AuthorizationPolicy, pod: Pod): boolean =>
  (namespace === pod.namespace || namespace === rootNamespace) &&
  hasLabels(pod.labels, spec.selector?.matchLabels ?? {});

/** A policy without rules never matches. */
const matches = ({ spec }: AuthorizationPolicy, request: MeshRequest, action: 'ALLOW' | 'DENY'): boolean =>
  (spec.rules ?? []).some((rule: AuthorizationRule) => ruleMatches(rule, request, action));
