import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Labels } from '../simulate/label-selector.ts';

// biome-ignore lint/suspicious/noExplicitAny: the schemas say what is wrong in it
export type Container = Record<string, any>;

/** What makes pods, and the pods that it makes. */
export interface Workload {
  readonly object: KubernetesObject;
  // biome-ignore lint/suspicious/noExplicitAny: the schemas say what is wrong in it
  readonly pod: Record<string, any>;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Init containers first. */
  readonly containers: readonly Container[];
  /** Whether it is to be there all the time, as Deployments and StatefulSets are. */
  readonly serves: boolean;
}

const ending = ['Pod', 'Job', 'CronJob'];
const serving = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** The workloads among rendered objects; a pod of its own, such as one of `helm test`, is one too. */
export function workloadsOf(objects: readonly KubernetesObject[]): Workload[] {
  return objects.flatMap((object) => {
    if (!(ending.includes(object.kind) || serving.includes(object.kind))) return [];
    const template = templateOf(object);
    const pod = template.spec;
    const { labels = {}, annotations = {} } = template.metadata ?? {};
    const containers = [...(pod.initContainers ?? []), ...pod.containers];
    return [{ object, pod, labels, annotations, containers, serves: serving.includes(object.kind) }];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the schemas say what is wrong in it
function templateOf(object: KubernetesObject): Record<string, any> {
  if (object.kind === 'Pod') return object;
  return object.kind === 'CronJob' ? object.spec.jobTemplate.spec.template : object.spec.template;
}
