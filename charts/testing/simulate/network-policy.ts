import type { KubernetesObject } from '../kubernetes-object.ts';
import { cidrContains, cidrIncludes } from './cidr.ts';
import { labelSelector, selects } from './label-selector.ts';
import { checked, fields, list, oneOf, optional, type Parsed, text, textOrWhole, whole } from './shape.ts';
import { type Specified, specifications } from './specifications.ts';
import { type Endpoint, type Pod, type Protocol, portNumbered } from './workloads.ts';

const ipBlock = checked(fields({ cidr: text, except: optional(list(text)) }), ({ cidr, except = [] }) => {
  const stray = except.find((each) => !cidrIncludes(cidr, each));
  return stray !== undefined && `except ${stray} is not inside ${cidr}`;
});

const peer = checked(
  fields({
    podSelector: optional(labelSelector),
    namespaceSelector: optional(labelSelector),
    ipBlock: optional(ipBlock),
  }),
  (each) => {
    const hasSelector = Boolean(each.podSelector || each.namespaceSelector);
    if (!hasSelector && !each.ipBlock) return 'a peer needs a selector or an ipBlock';
    return hasSelector && each.ipBlock !== undefined && 'ipBlock stands alone in a peer';
  },
);

const policyPort = checked(
  fields({
    port: optional(textOrWhole),
    endPort: optional(whole),
    protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
  }),
  ({ port, endPort }) =>
    endPort !== undefined && !(typeof port === 'number' && endPort >= port) && 'endPort needs a numbered port up to it',
);

const policySpec = fields({
  podSelector: optional(labelSelector),
  policyTypes: optional(list(oneOf('Ingress', 'Egress'))),
  ingress: optional(list(fields({ from: optional(list(peer)), ports: optional(list(policyPort)) }))),
  egress: optional(list(fields({ to: optional(list(peer)), ports: optional(list(policyPort)) }))),
});

export type NetworkPolicy = Specified<Parsed<typeof policySpec>>;

/** A connection that a source opens to a port of a destination. */
export interface Connection {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly port: number;
  /** Default: TCP. */
  readonly protocol?: Protocol;
}

/** An answer with its reason, for the message of a failed test. */
export interface Verdict {
  readonly allowed: boolean;
  readonly because: string;
}

/** The NetworkPolicies among rendered objects. Throws a ShapeError for what is not simulated or not valid. */
export const networkPoliciesOf = (objects: readonly KubernetesObject[]): NetworkPolicy[] =>
  specifications(objects, 'networking.k8s.io/v1', 'NetworkPolicy', policySpec);

/**
 * Whether NetworkPolicies let a connection through: the egress policies of the source and the ingress policies of the
 * destination must both allow it. A pod that no policy selects for a direction is open in that direction. Traffic
 * between a pod and the node that runs it is always allowed. A pod to itself is judged as one replica to another.
 *
 * An `ipBlock` is also compared with the addresses of pods: the API leaves that to the network plugin, and a policy must
 * be right with those that do.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/ and the API reference of
 * networking.k8s.io/v1.
 */
export function networkAllows(connection: Connection, policies: readonly NetworkPolicy[]): Verdict {
  const egress = directionAllows('Egress', connection, policies);
  if (!egress.allowed) return egress;
  const ingress = directionAllows('Ingress', connection, policies);
  return ingress.allowed ? { allowed: true, because: `${egress.because}; ${ingress.because}` } : ingress;
}

type Direction = 'Ingress' | 'Egress';
type Rule = { readonly peers: readonly Parsed<typeof peer>[]; readonly ports: readonly Parsed<typeof policyPort>[] };

function directionAllows(direction: Direction, connection: Connection, policies: readonly NetworkPolicy[]): Verdict {
  const [subject, other] =
    direction === 'Egress' ? [connection.source, connection.destination] : [connection.destination, connection.source];
  const label = `${direction.toLowerCase()} of ${subject.id}`;
  if (subject.kind !== 'pod') return { allowed: true, because: `${label}: no pod` };
  if (other.kind === 'node' && other.local) return { allowed: true, because: `${label}: its own node` };
  const selecting = policies.filter((policy) => isolates(policy, direction, subject));
  if (selecting.length === 0) return { allowed: true, because: `${label}: no policy selects it` };
  const allowing = selecting.find((policy) =>
    rulesOf(policy, direction).some((rule) => ruleAllows(rule, policy.namespace, other, connection)),
  );
  if (allowing) return { allowed: true, because: `${label}: ${allowing.name}` };
  return { allowed: false, because: `${label}: no rule of ${selecting.map((each) => each.name).join(', ')} allows it` };
}

/** Without policyTypes, a policy is for ingress, and for egress if it has an egress rule. */
function typesOf({ spec }: NetworkPolicy): readonly Direction[] {
  if (spec.policyTypes?.length) return spec.policyTypes;
  return spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}

const isolates = (policy: NetworkPolicy, direction: Direction, pod: Pod): boolean =>
  pod.namespace === policy.namespace &&
  typesOf(policy).includes(direction) &&
  selects(policy.spec.podSelector ?? noRequirements, pod.labels);

const noRequirements = labelSelector({}, 'podSelector');

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): Rule[] =>
  direction === 'Egress'
    ? (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }))
    : (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }));

/** A rule without peers is for everybody, one without ports for every port. */
const ruleAllows = (
  { peers, ports }: Rule,
  policyNamespace: string,
  other: Endpoint,
  connection: Connection,
): boolean =>
  (peers.length === 0 || peers.some((each) => isPeer(each, policyNamespace, other))) &&
  (ports.length === 0 || ports.some((each) => isPort(each, connection)));

function isPeer(each: Parsed<typeof peer>, policyNamespace: string, other: Endpoint): boolean {
  if (each.ipBlock) {
    const { cidr, except = [] } = each.ipBlock;
    return cidrContains(cidr, other.address) && !except.some((hole) => cidrContains(hole, other.address));
  }
  if (other.kind !== 'pod') return false;
  const isNamespace = each.namespaceSelector
    ? selects(each.namespaceSelector, other.namespaceLabels)
    : other.namespace === policyNamespace;
  return isNamespace && selects(each.podSelector ?? noRequirements, other.labels);
}

function isPort(each: Parsed<typeof policyPort>, { destination, port, protocol = 'TCP' }: Connection): boolean {
  if ((each.protocol ?? 'TCP') !== protocol) return false;
  if (each.port === undefined) return true;
  if (typeof each.port === 'string') {
    return destination.kind === 'pod' && portNumbered(destination, each.port, protocol) === port;
  }
  return port >= each.port && port <= (each.endPort ?? each.port);
}
