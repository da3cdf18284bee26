import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Workload } from './workload.ts';

/** What a rule looks at: everything that one `helm install` renders. */
export interface Rendering {
  readonly objects: readonly KubernetesObject[];
  readonly workloads: readonly Workload[];
}

/** `[Deployment tributary-users, what is wrong with it]` */
export type Problem = readonly [object: string, problem: string];

export type SpecRule = (rendering: Rendering) => Iterable<Problem>;
