import { nameOf } from '../kubernetes-object.ts';
import type { SpecRule } from './spec-rule.ts';
import type { Container, Workload } from './workload.ts';

type ContainerCheck = (container: Container, workload: Workload) => string | undefined | false;

/** A rule that holds for each container and init container. */
const eachContainer = (check: ContainerCheck): SpecRule =>
  function* ({ workloads }) {
    for (const workload of workloads) {
      for (const container of workload.containers) {
        const problem = check(container, workload);
        if (problem) yield [nameOf(workload.object), `container ${container.name}: ${problem}`];
      }
    }
  };

/** A container's setting goes over the pod's. */
const effective = (container: Container, { pod }: Workload, field: string): unknown =>
  container.securityContext?.[field] ?? pod.securityContext?.[field];

const hostOf = ({ pod }: Workload): string[] => [
  ...['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field]),
  ...(pod.volumes ?? []).flatMap((volume: Container) =>
    volume.hostPath ? [`the host's ${volume.hostPath.path}`] : [],
  ),
];

/** Pod security as the standard `restricted` has it, and more: a numeric user, a root file system that is only read. */
export const podSecurityRules = {
  'run-as-non-root': eachContainer(
    (container, workload) => effective(container, workload, 'runAsNonRoot') !== true && 'runAsNonRoot is not true',
  ),
  'numeric-user': eachContainer((container, workload) => {
    const user = effective(container, workload, 'runAsUser');
    return !(typeof user === 'number' && user > 0) && `runAsUser is ${user}`;
  }),
  'read-only-root': eachContainer(
    ({ securityContext }) => securityContext?.readOnlyRootFilesystem !== true && 'readOnlyRootFilesystem is not true',
  ),
  'no-privilege-escalation': eachContainer(
    ({ securityContext }) =>
      securityContext?.allowPrivilegeEscalation !== false && 'allowPrivilegeEscalation is not false',
  ),
  'no-capabilities': eachContainer(({ securityContext }) => {
    const { drop = [], add = [] } = securityContext?.capabilities ?? {};
    return (!drop.includes('ALL') && 'not all capabilities are dropped') || (add.length > 0 && `it adds ${add}`);
  }),
  seccomp: eachContainer((container, workload) => {
    const profile = effective(container, workload, 'seccompProfile') as { type?: string } | undefined;
    return profile?.type !== 'RuntimeDefault' && `seccompProfile is ${profile?.type}`;
  }),
  'no-privileged-container': eachContainer(({ securityContext }) => securityContext?.privileged && 'it is privileged'),
  'no-host-port': eachContainer(
    ({ ports = [] }) => ports.some((port: Container) => port.hostPort) && "it takes a port of the host's",
  ),
  *'no-host-access'({ workloads }) {
    for (const workload of workloads)
      for (const used of hostOf(workload)) yield [nameOf(workload.object), `uses ${used}`];
  },
  *'no-token'({ objects, workloads }) {
    const mounts = (spec: Container): boolean => spec.automountServiceAccountToken !== false;
    const problem = 'automountServiceAccountToken is not false';
    for (const { object, pod } of workloads) if (mounts(pod)) yield [nameOf(object), problem];
    for (const object of objects)
      if (object.kind === 'ServiceAccount' && mounts(object)) yield [nameOf(object), problem];
  },
  resources: eachContainer(({ resources = {} }) => {
    const missing = ['requests.cpu', 'requests.memory', 'limits.memory'].filter((path) => {
      const [part = '', resource = ''] = path.split('.');
      return resources[part]?.[resource] === undefined;
    });
    return missing.length > 0 && `it has no ${missing.join(', ')}`;
  }),
  image: eachContainer(({ image = '', imagePullPolicy }) => {
    const isPinned = image.includes('@sha256:') || /:[^/:]+$/.test(image.replace(/:latest$/, ''));
    if (!isPinned) return `its image ${image} is no certain one`;
    return imagePullPolicy !== 'IfNotPresent' && `imagePullPolicy is ${imagePullPolicy}`;
  }),
} satisfies Record<string, SpecRule>;
