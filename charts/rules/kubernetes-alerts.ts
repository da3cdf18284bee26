import type { Alert } from './rule.ts';

/** Of a Deployment's or HPA's name, `<graph>-<service>`, the service; a canary's too. */
const SERVICE_OF_WORKLOAD = '.+?-([a-z0-9]+)(-canary)?';
const ofWorkload = (expr: string, label: string) =>
  `label_replace(${expr}, "service", "$1", "${label}", "${SERVICE_OF_WORKLOAD}")`;

const POD = 'namespace, pod, container';

/** What Kubernetes knows: kube-state-metrics, the kubelet with cAdvisor, and cert-manager. */
export const kubernetesAlerts: readonly Alert[] = [
  {
    alert: 'DeploymentUnavailable',
    expr: ofWorkload(
      `max by (namespace, deployment) (kube_deployment_status_replicas_available) == 0
and
max by (namespace, deployment) (kube_deployment_spec_replicas) > 0`,
      'deployment',
    ),
    for: '2m',
    severity: 'page',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: 'No pod of {{ $labels.deployment }} is ready',
    description: 'Whatever asks it has had no answer for two minutes.',
  },
  {
    alert: 'DeploymentIncomplete',
    expr: ofWorkload(
      `max by (namespace, deployment) (kube_deployment_spec_replicas)
- max by (namespace, deployment) (kube_deployment_status_replicas_available) > 0`,
      'deployment',
    ),
    for: '15m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: '{{ $value }} pods of {{ $labels.deployment }} are missing',
    description: 'They have not become ready for 15 minutes: a roll-out that does not get on, or no room on the nodes.',
  },
  {
    alert: 'PodCrashLooping',
    expr: `max by (${POD}) (max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m])) > 0`,
    for: '10m',
    severity: 'ticket',
    about: { label: 'container' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.container }} in {{ $labels.pod }} ends again and again',
    description: 'Kubernetes waits longer each time before it starts it anew.',
  },
  {
    alert: 'AutoscalerAtMaximum',
    expr: ofWorkload(
      `max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_desired_replicas)
>= on (namespace, horizontalpodautoscaler)
max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas)`,
      'horizontalpodautoscaler',
    ),
    for: '15m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.horizontalpodautoscaler }} may not add further pods',
    description: 'It has wanted its maximum of {{ $value }} for 15 minutes: more load than that finds no room.',
  },
  {
    alert: 'MemoryNearLimit',
    expr: `max by (${POD}) (container_memory_working_set_bytes)
/ on (${POD})
max by (${POD}) (kube_pod_container_resource_limits{resource="memory"}) > 0.9`,
    for: '10m',
    severity: 'ticket',
    about: { label: 'container' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.pod }} has nearly used up its memory',
    description:
      '{{ $labels.container }} holds {{ $value | humanizePercentage }} of its limit; at the limit it is killed.',
  },
  {
    alert: 'CpuThrottled',
    expr: `sum by (${POD}) (increase(container_cpu_cfs_throttled_periods_total{container!=""}[5m]))
/ on (${POD})
sum by (${POD}) (increase(container_cpu_cfs_periods_total{container!=""}[5m])) > 0.5`,
    for: '15m',
    severity: 'ticket',
    about: { label: 'container' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.pod }} is held back by its CPU limit',
    description: '{{ $labels.container }} had to pause in {{ $value | humanizePercentage }} of the periods of 100 ms.',
  },
  {
    alert: 'VolumeFillingUp',
    expr: `min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes)
/ on (namespace, persistentvolumeclaim)
min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes) < 0.1`,
    for: '15m',
    severity: 'ticket',
    about: { label: 'persistentvolumeclaim' },
    dashboard: 'tributary-overview',
    summary: 'The volume {{ $labels.persistentvolumeclaim }} is nearly full',
    description: '{{ $value | humanizePercentage }} of it is free.',
  },
  {
    alert: 'CertificateExpiring',
    expr: 'min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time() < 14 * 86400',
    for: '1h',
    severity: 'ticket',
    about: 'cert-manager',
    dashboard: 'tributary-overview',
    summary: 'The certificate {{ $labels.name }} is not renewed',
    description: 'It is valid for {{ $value | humanizeDuration }}; it should have been renewed before that.',
  },
  {
    alert: 'CertificateExpiresSoon',
    expr: 'min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time() < 3 * 86400',
    for: '10m',
    severity: 'page',
    about: 'cert-manager',
    dashboard: 'tributary-overview',
    summary: 'The certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}',
    description: 'From then on whoever checks it refuses the connection.',
  },
];
