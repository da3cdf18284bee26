import { HERE } from './here.ts';
import { type Alert, warningsOf } from './rule.ts';
import { withService } from './workloads.ts';

const POD = 'namespace, pod, container';

/** How many pods Deployments and StatefulSets should have, and how many are ready, by the label `workload`. */
const WANTED = byWorkload('kube_deployment_spec_replicas', 'kube_statefulset_replicas');
const READY = byWorkload('kube_deployment_status_replicas_available', 'kube_statefulset_status_replicas_ready');

function byWorkload(ofDeployments: string, ofStatefulSets: string): string {
  const named = (metric: string, label: string) =>
    `label_replace(${metric}{${HERE}}, "workload", "$1", "${label}", "(.+)")`;
  return `max by (namespace, workload) (
  ${named(ofDeployments, 'deployment')}
  or
  ${named(ofStatefulSets, 'statefulset')}
)`;
}

/** Lines of its pods, whose names begin with its own. */
const LINES_OF_PODS =
  'kubernetes.namespace_name:"{{ $labels.namespace }}" and kubernetes.pod_name:{{ $labels.workload }}-* and not level:("trace" or "debug" or "info")';

const certificatesEndIn = (days: number) =>
  `min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds{${HERE}}) - time() < ${days} * 86400`;

/** Fluentd reads none of its own lines. */
const WITH_LINES = 'ne $labels.container "fluentd"';

/**
 * What Kubernetes knows: kube-state-metrics, the kubelet with cAdvisor, and cert-manager.
 *
 * @param services the gateway and the subgraphs
 */
export const kubernetesAlerts = (services: readonly string[]): Alert[] => [
  {
    alert: 'DeploymentUnavailable',
    expr: withService(`${READY} == 0\nand\n${WANTED} > 0`, 'workload', services),
    for: '2m',
    severity: 'page',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: 'No pod of {{ $labels.workload }} is ready',
    description: 'Whatever asks it has had no answer for two minutes.',
    logs: LINES_OF_PODS,
  },
  {
    alert: 'DeploymentIncomplete',
    expr: withService(`${WANTED}\n-\n${READY} > 0`, 'workload', services),
    for: '15m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: '{{ $value }} pods of {{ $labels.workload }} are missing',
    description: 'They have not become ready for 15 minutes: a roll-out that does not get on, or no room on the nodes.',
    logs: LINES_OF_PODS,
  },
  {
    alert: 'PodCrashLooping',
    expr: `max by (${POD}) (max_over_time(kube_pod_container_status_waiting_reason{${HERE},reason="CrashLoopBackOff"}[5m])) > 0`,
    for: '10m',
    severity: 'ticket',
    about: { label: 'container' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.container }} in {{ $labels.pod }} ends again and again',
    description: 'Kubernetes waits longer each time before it starts it anew.',
    logsIf: WITH_LINES,
  },
  {
    alert: 'AutoscalerAtMaximum',
    expr: withService(
      `max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_desired_replicas{${HERE}})
>= on (namespace, horizontalpodautoscaler)
max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{${HERE}})`,
      'horizontalpodautoscaler',
      services,
    ),
    for: '15m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.horizontalpodautoscaler }} may not add further pods',
    description: 'It has wanted its maximum of {{ $value }} for 15 minutes: more load than that finds no room.',
    // Of one that is nobody's known here, the service is the autoscaler itself.
    logsIf: 'ne $labels.service $labels.horizontalpodautoscaler',
  },
  {
    alert: 'MemoryNearLimit',
    expr: `max by (${POD}) (container_memory_working_set_bytes{${HERE}})
/ on (${POD})
max by (${POD}) (kube_pod_container_resource_limits{${HERE},resource="memory"}) > 0.9`,
    for: '10m',
    severity: 'ticket',
    about: { label: 'container' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.pod }} has nearly used up its memory',
    description:
      '{{ $labels.container }} holds {{ $value | humanizePercentage }} of its limit; at the limit it is killed.',
    logsIf: WITH_LINES,
  },
  {
    alert: 'CpuThrottled',
    expr: `sum by (${POD}) (increase(container_cpu_cfs_throttled_periods_total{${HERE},container!=""}[5m]))
/ on (${POD})
sum by (${POD}) (increase(container_cpu_cfs_periods_total{${HERE},container!=""}[5m])) > 0.5`,
    for: '15m',
    severity: 'ticket',
    about: { label: 'container' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.pod }} is held back by its CPU limit',
    description: '{{ $labels.container }} had to pause in {{ $value | humanizePercentage }} of the periods of 100 ms.',
    logsIf: WITH_LINES,
  },
  {
    alert: 'VolumeFillingUp',
    expr: withService(
      `min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${HERE}})
/ on (namespace, persistentvolumeclaim)
min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{${HERE}}) < 0.1`,
      'persistentvolumeclaim',
      services,
    ),
    for: '15m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: 'The volume {{ $labels.persistentvolumeclaim }} is nearly full',
    description: '{{ $value | humanizePercentage }} of it is free.',
    // Of a volume that is nobody's known here, the service is the volume itself.
    logsIf: 'ne $labels.service $labels.persistentvolumeclaim',
  },
  {
    alert: 'CertificateExpiring',
    expr: certificatesEndIn(14),
    for: '1h',
    severity: 'ticket',
    about: 'cert-manager',
    dashboard: 'tributary-overview',
    summary: 'The certificate {{ $labels.name }} is not renewed',
    description: 'It is valid for {{ $value | humanizeDuration }}; it should have been renewed before that.',
    logs: warningsOf('cert-manager-controller'),
  },
  {
    alert: 'CertificateExpiresSoon',
    expr: certificatesEndIn(3),
    for: '10m',
    severity: 'page',
    about: 'cert-manager',
    dashboard: 'tributary-overview',
    summary: 'The certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}',
    description: 'From then on whoever checks it refuses the connection.',
    logs: warningsOf('cert-manager-controller'),
  },
];
