import { nameOf } from '../kubernetes-object.ts';
import { hasLabels, selects } from '../simulate/label-selector.ts';
import { referencesOf } from './references-of.ts';
import type { SpecRule } from './spec-rule.ts';
import type { Container } from './workload.ts';

/** Istio's sidecar is not in the template; it has a port for the metrics of pods that are annotated so. */
const MERGED_METRICS_PORT = 15020;

/** Rules for what refers to what. */
export const wiringRules = {
  *unique({ objects }) {
    const seen = new Set<string>();
    for (const object of objects) {
      const identity = `${object.apiVersion} ${object.metadata.namespace} ${nameOf(object)}`;
      if (seen.has(identity)) yield [nameOf(object), 'is rendered twice'];
      seen.add(identity);
    }
  },
  *selector({ workloads }) {
    for (const { object, labels, serves } of workloads) {
      if (serves && !selects(object.spec.selector, labels)) yield [nameOf(object), 'does not select its own pods'];
    }
  },
  *'disjoint-selectors'({ workloads }) {
    for (const { object, serves } of workloads) {
      for (const other of workloads) {
        if (!serves || other.object === object || !selects(object.spec.selector, other.labels)) continue;
        yield [nameOf(object), `selects the pods of ${nameOf(other.object)}`];
      }
    }
  },
  *'target-port'({ objects, workloads }) {
    for (const service of objects) {
      if (service.kind !== 'Service' || !service.spec.selector) continue;
      const selected = workloads.filter(({ labels }) => hasLabels(labels, service.spec.selector));
      if (selected.length === 0) yield [nameOf(service), 'selects no pods'];
      for (const { object, containers, annotations } of selected) {
        const ports: Container[] = containers.flatMap(({ ports = [] }) => ports);
        if (annotations['prometheus.io/scrape'] === 'true') ports.push({ containerPort: MERGED_METRICS_PORT });
        for (const { port, targetPort = port } of service.spec.ports) {
          if (ports.some((each) => each.name === targetPort || each.containerPort === targetPort)) continue;
          yield [nameOf(service), `${nameOf(object)} has no port ${targetPort}`];
        }
      }
    }
  },
  *reference({ objects, workloads }) {
    const rendered = new Map(objects.map((object) => [nameOf(object), object]));
    for (const workload of workloads) {
      for (const { to, key } of referencesOf(workload)) {
        const target = rendered.get(to);
        if (target === undefined) yield [to, `is not rendered, and ${nameOf(workload.object)} needs it`];
        else if (key !== undefined && !(key in { ...target.data, ...target.stringData, ...target.binaryData })) {
          yield [to, `has no key ${key}, and ${nameOf(workload.object)} needs it`];
        }
      }
    }
  },
  *mount({ workloads }) {
    for (const { object, pod, containers } of workloads) {
      const claims = (object.spec?.volumeClaimTemplates ?? []).map(({ metadata }: Container) => metadata.name);
      const volumes = new Set([...claims, ...(pod.volumes ?? []).map(({ name }: Container) => name)]);
      const mounted = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }: Container) => name));
      for (const name of mounted) if (!volumes.has(name)) yield [nameOf(object), `has no volume ${name} to mount`];
      for (const name of volumes)
        if (!mounted.includes(name)) yield [nameOf(object), `mounts its volume ${name} nowhere`];
    }
  },
  *checksum({ workloads }) {
    for (const { object, pod, annotations, serves } of workloads) {
      for (const { name, configMap } of serves ? (pod.volumes ?? []) : []) {
        if (!configMap || annotations[`checksum/${name}`]) continue;
        yield [`ConfigMap ${configMap.name}`, `a change does not roll out ${nameOf(object)}: no checksum/${name}`];
      }
    }
  },
} satisfies Record<string, SpecRule>;
