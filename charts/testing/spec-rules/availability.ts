import { parse } from 'yaml';
import { type KubernetesObject, nameOf } from '../kubernetes-object.ts';
import { selects } from '../simulate/label-selector.ts';
import type { SpecRule } from './spec-rule.ts';
import type { Container, Workload } from './workload.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** What is left of the grace period when preStop and the drain took all of their time. */
const SLACK_SECONDS = 2;

/** Rules for what is to be there all the time: it is probed, spread, replaced without a gap and drained. */
export const availabilityRules = {
  *probes({ workloads }) {
    for (const { object, pod, serves } of workloads) {
      if (!serves) continue;
      for (const container of pod.containers) {
        const missing = PROBES.filter((probe) => container[probe]?.httpGet?.port !== 'admin');
        if (missing.length > 0) yield [nameOf(object), `container ${container.name}: no ${missing} at the port admin`];
        else if (!container.ports?.some(({ name }: Container) => name === 'admin')) {
          yield [nameOf(object), `container ${container.name} has no port admin`];
        }
      }
    }
  },
  *'topology-spread'({ workloads }) {
    for (const { object, pod, labels, serves } of workloads) {
      if (!serves) continue;
      const constraints: Container[] = pod.topologySpreadConstraints ?? [];
      if (constraints.length === 0) yield [nameOf(object), 'its pods are not spread'];
      for (const { topologyKey, whenUnsatisfiable, labelSelector } of constraints) {
        if (whenUnsatisfiable !== 'ScheduleAnyway') yield [nameOf(object), `${topologyKey}: ${whenUnsatisfiable}`];
        if (!labelSelector || !selects(labelSelector, labels)) {
          yield [nameOf(object), `${topologyKey}: its pods are not among those that are spread`];
        }
      }
    }
  },
  *'disruption-budget'({ objects, workloads }) {
    const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
    for (const workload of workloads.filter(({ serves }) => serves)) {
      const own = budgets.filter(({ spec }) => selects(spec.selector, workload.labels));
      if (own.length !== 1) yield [nameOf(workload.object), `has ${own.length} disruption budgets`];
      for (const budget of own) {
        if (evictable(budget, replicasOf(workload, objects)) < 1) yield [nameOf(budget), 'lets nobody be evicted'];
      }
    }
    for (const budget of budgets) {
      const selected = workloads.filter(({ labels }) => selects(budget.spec.selector, labels));
      if (selected.length === 1) continue;
      yield [nameOf(budget), `selects ${selected.map(({ object }) => nameOf(object)).join(' and ') || 'no pods'}`];
    }
  },
  *'rolling-update'({ workloads }) {
    for (const { object } of workloads) {
      if (object.kind !== 'Deployment') continue;
      const { type, rollingUpdate } = object.spec.strategy ?? {};
      const unavailable = rollingUpdate?.maxUnavailable;
      if (type === 'RollingUpdate' && (unavailable === 0 || unavailable === '0%')) continue;
      yield [nameOf(object), `strategy ${type}, maxUnavailable ${unavailable}`];
    }
  },
  *'grace-period'({ objects, workloads }) {
    for (const { object, pod, serves } of workloads) {
      if (!serves) continue;
      for (const container of pod.containers) {
        const drain = drainSeconds(container, pod, objects);
        const preStop = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
        const needed = preStop + (drain ?? 0) + SLACK_SECONDS;
        const given = pod.terminationGracePeriodSeconds ?? 30;
        if (drain === undefined) yield [nameOf(object), `container ${container.name}: nothing says how long it drains`];
        else if (given < needed) yield [nameOf(object), `is given ${given} s to end, and may need ${needed} s`];
      }
    }
  },
} satisfies Record<string, SpecRule>;

/** `server.drainTimeout` of the `config.yaml` that a container has from a ConfigMap. */
function drainSeconds(container: Container, pod: Container, objects: readonly KubernetesObject[]): number | undefined {
  for (const { name } of container.volumeMounts ?? []) {
    const volume = pod.volumes?.find((each: Container) => each.name === name);
    const config = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === volume?.configMap?.name,
    );
    const [, seconds] = /^(\d+)s$/.exec(parse(config?.data?.['config.yaml'] ?? '')?.server?.drainTimeout ?? '') ?? [];
    if (seconds !== undefined) return Number(seconds);
  }
  return undefined;
}

/** As few as there may be: an autoscaler's minimum goes over the workload's own number. */
function replicasOf({ object }: Workload, objects: readonly KubernetesObject[]): number {
  const scaler = objects.find(
    ({ kind, spec }) =>
      (kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject') &&
      spec.scaleTargetRef.name === object.metadata.name &&
      (spec.scaleTargetRef.kind ?? 'Deployment') === object.kind,
  );
  return scaler?.spec.minReplicas ?? scaler?.spec.minReplicaCount ?? object.spec.replicas ?? 1;
}

function evictable({ spec }: KubernetesObject, replicas: number): number {
  const count = (value: number | string): number =>
    typeof value === 'number' ? value : Math.ceil((replicas * Number.parseFloat(value)) / 100);
  return spec.maxUnavailable === undefined ? replicas - count(spec.minAvailable ?? 1) : count(spec.maxUnavailable);
}
