import type { KubernetesObject } from '../kubernetes-object.ts';
import { hasLabels, type Labels } from './label-selector.ts';
import { anything, fields, list, mapOf, oneOf, optional, ShapeError, text, textOrWhole, whole } from './shape.ts';
import { namespaceOf, type Specified, specifications } from './specifications.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** A port that an endpoint listens on. */
export interface Port {
  readonly name?: string;
  readonly number: number;
  readonly protocol: Protocol;
}

/** A pod that stands for all replicas of a workload, or one outside of the charts that a caller describes. */
export interface Pod {
  readonly kind: 'pod';
  /** How edges name it, unique in a world. `podsOf` gives `namespace/workload`. */
  readonly id: string;
  readonly namespace: string;
  /** With `kubernetes.io/metadata.name`, which the control plane sets on every namespace. */
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  /** The declared ports of all containers, init containers too. */
  readonly ports: readonly Port[];
  readonly address: string;
}

/** A node. `local`: it runs the pod at the other end, as a kubelet that probes does. */
export interface Node {
  readonly kind: 'node';
  readonly id: string;
  readonly address: string;
  readonly local: boolean;
  readonly ports: readonly Port[];
}

/** Something that only has an address: a client, a database, a mail server. */
export interface Host {
  readonly kind: 'host';
  readonly id: string;
  readonly address: string;
  readonly ports: readonly Port[];
}

export type Endpoint = Pod | Node | Host;

/** Names of namespaces with their labels. */
export type Namespaces = Readonly<Record<string, Labels>>;

/**
 * The address of every pod that is given none. One for all of them: an `ipBlock` that holds it holds for any pod, and a
 * policy cannot rely on where a pod gets its address.
 */
export const podAddress = '10.244.0.10';

/** A pod that no chart renders, such as Prometheus or an ingress gateway. Throws for a namespace that is not known. */
export function outsidePod(
  pod: Pick<Pod, 'id' | 'namespace'> & Partial<Omit<Pod, 'kind' | 'namespaceLabels'>>,
  namespaces: Namespaces,
): Pod {
  const namespaceLabels = namespaces[pod.namespace];
  if (!namespaceLabels) throw new ShapeError(`pod ${pod.id}: namespace ${pod.namespace} is not described`);
  return {
    kind: 'pod',
    labels: {},
    annotations: {},
    serviceAccount: 'default',
    ports: [],
    address: podAddress,
    ...pod,
    namespaceLabels: { 'kubernetes.io/metadata.name': pod.namespace, ...namespaceLabels },
  };
}

interface Container {
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: Protocol }[];
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels };
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly hostNetwork?: boolean;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
}

const templated = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);
const notSimulated = new Set(['ReplicaSet', 'ReplicationController']);

function templateOf(object: KubernetesObject): PodTemplate | undefined {
  if (object.kind === 'Pod') return object as unknown as PodTemplate;
  if (notSimulated.has(object.kind)) throw new ShapeError(`${object.kind} ${object.metadata.name} is not simulated`);
  if (object.kind === 'CronJob') return object.spec.jobTemplate.spec.template as PodTemplate;
  return templated.has(object.kind) ? (object.spec as { readonly template: PodTemplate }).template : undefined;
}

const portsOf = ({ spec }: PodTemplate): Port[] =>
  [...(spec.initContainers ?? []), ...spec.containers]
    .flatMap((container) => container.ports ?? [])
    .map(({ name, containerPort, protocol = 'TCP' }) => ({ ...(name && { name }), number: containerPort, protocol }));

// The controller adds these; policies for a Job's pods may select by them.
const addedLabels = ({ kind, metadata: { name } }: KubernetesObject): Labels =>
  kind === 'Job' ? { 'job-name': name, 'batch.kubernetes.io/job-name': name } : {};

/**
 * One pod for each Deployment, StatefulSet, DaemonSet, Job, CronJob and Pod. Replicas are alike, so one stands for all.
 * Throws for a host-network pod, which no NetworkPolicy selects, and for kinds that make pods in ways not simulated.
 */
export function podsOf(objects: readonly KubernetesObject[], namespaces: Namespaces): Pod[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    if (!template) return [];
    const namespace = namespaceOf(object);
    const id = `${namespace}/${object.metadata.name}`;
    if (template.spec.hostNetwork) throw new ShapeError(`pod ${id}: hostNetwork is not simulated`);
    return outsidePod(
      {
        id,
        namespace,
        labels: { ...template.metadata?.labels, ...addedLabels(object) },
        annotations: template.metadata?.annotations ?? {},
        serviceAccount: template.spec.serviceAccountName ?? 'default',
        ports: portsOf(template),
      },
      namespaces,
    );
  });
}

const serviceSpec = fields({
  type: optional(oneOf('ClusterIP', 'NodePort', 'LoadBalancer')),
  clusterIP: optional(text),
  selector: optional(mapOf(text)),
  publishNotReadyAddresses: optional(anything),
  internalTrafficPolicy: optional(anything),
  externalTrafficPolicy: optional(anything),
  trafficDistribution: optional(anything),
  sessionAffinity: optional(anything),
  ipFamilyPolicy: optional(anything),
  ports: list(
    fields({
      name: optional(text),
      port: whole,
      targetPort: optional(textOrWhole),
      protocol: optional(oneOf('TCP', 'UDP', 'SCTP')),
      appProtocol: optional(anything),
      nodePort: optional(anything),
    }),
  ),
});

export type Service = Specified<ReturnType<typeof serviceSpec>>;

/** The Services among rendered objects. An ExternalName is refused. */
export const servicesOf = (objects: readonly KubernetesObject[]): Service[] =>
  specifications(objects, 'v1', 'Service', serviceSpec);

/** The pods that a Service selects; none for one without a selector. */
export const podsBehind = ({ namespace, spec: { selector } }: Service, pods: readonly Pod[]): Pod[] =>
  selector ? pods.filter((pod) => pod.namespace === namespace && hasLabels(pod.labels, selector)) : [];

/**
 * Where a connection to a Service's port arrives. A named target port is looked up in each pod; a pod that does not
 * declare it gets no traffic.
 */
export function backendsOf(service: Service, port: number, pods: readonly Pod[]): { pod: Pod; port: number }[] {
  const served = service.spec.ports.find((each) => each.port === port);
  if (!served) return [];
  const { targetPort = port, protocol = 'TCP' } = served;
  return podsBehind(service, pods).flatMap((pod) => {
    const number = typeof targetPort === 'number' ? targetPort : portNumbered(pod, targetPort, protocol);
    return number === undefined ? [] : [{ pod, port: number }];
  });
}

/** The number of the port of this name and protocol that a pod declares. */
export const portNumbered = (pod: Pod, name: string, protocol: Protocol): number | undefined =>
  pod.ports.find((port) => port.name === name && port.protocol === protocol)?.number;
