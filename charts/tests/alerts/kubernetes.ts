import type { AlertTest } from './alert-test.ts';

const exporter = 'namespace="shop",job="kube-state-metrics"';
const deployment = `${exporter},deployment="tributary-orders"`;
const ofDeployment = (name: string) => `${exporter},deployment="${name}"`;
const statefulSet = `${exporter},statefulset="tributary-elasticsearch"`;
const pod = 'namespace="shop",pod="tributary-orders-6b9f7c5d4-x2x4z"';
const container = `${pod},container="orders"`;
const dashboard = 'tributary-overview';
const labels = { team: 'orders', namespace: 'shop', service: 'orders' };
const ofContainer = {
  severity: 'ticket',
  ...labels,
  pod: 'tributary-orders-6b9f7c5d4-x2x4z',
  container: 'orders',
};
const ofCluster = { team: 'platform', namespace: 'shop' };
const volume = (name: string) => `namespace="shop",persistentvolumeclaim="${name}"`;
/** Of a workload without a pod that is ready. */
const unavailable = (workload: string, service: string, team = 'platform') => ({
  labels: { severity: 'page', team, namespace: 'shop', service, workload },
  dashboard,
});

export const kubernetesTests: Record<string, AlertTest> = {
  DeploymentUnavailable: {
    // Somebody wants none.
    silent: {
      series: {
        [`kube_deployment_status_replicas_available{${deployment}}`]: '0x30',
        [`kube_deployment_spec_replicas{${deployment}}`]: '0x30',
      },
      at: '20m',
    },
    series: {
      [`kube_deployment_status_replicas_available{${deployment}}`]: '3x5 0x10 3x10',
      [`kube_deployment_spec_replicas{${deployment}}`]: '3x30',
      // No gateway, though its name ends like one; and what is not the graph's at all, though its name ends like a subgraph.
      [`kube_deployment_status_replicas_available{${ofDeployment('tributary-collector-gateway')}}`]: '0x15 2x10',
      [`kube_deployment_spec_replicas{${ofDeployment('tributary-collector-gateway')}}`]: '2x30',
      [`kube_deployment_status_replicas_available{${ofDeployment('shipping')}}`]: '0x15 1x10',
      [`kube_deployment_spec_replicas{${ofDeployment('shipping')}}`]: '1x30',
      [`kube_statefulset_status_replicas_ready{${statefulSet}}`]: '1x5 0x10 1x10',
      [`kube_statefulset_replicas{${statefulSet}}`]: '1x30',
    },
    notYetAt: '1m',
    fires: [
      {
        at: '7m',
        alerts: [unavailable('shipping', 'shipping'), unavailable('tributary-collector-gateway', 'collector-gateway')],
      },
      {
        at: '10m',
        alerts: [
          unavailable('shipping', 'shipping'),
          unavailable('tributary-collector-gateway', 'collector-gateway'),
          unavailable('tributary-elasticsearch', 'elasticsearch'),
          unavailable('tributary-orders', 'orders', 'orders'),
        ],
      },
    ],
    resolvedAt: '20m',
  },
  DeploymentIncomplete: {
    // A roll-out gets on.
    silent: {
      series: {
        [`kube_deployment_status_replicas_available{${deployment}}`]: '2x10 3x5 2x10 3x5',
        [`kube_deployment_spec_replicas{${deployment}}`]: '3x40',
      },
      at: '26m',
    },
    series: {
      [`kube_deployment_status_replicas_available{${ofDeployment('my-shop-orders-canary')}}`]: '1x30 2x10',
      [`kube_deployment_spec_replicas{${ofDeployment('my-shop-orders-canary')}}`]: '2x40',
      // As ECK calls it.
      [`kube_statefulset_status_replicas_ready{${exporter},statefulset="my-shop-elasticsearch-es-default"}`]:
        '1x30 3x10',
      [`kube_statefulset_replicas{${exporter},statefulset="my-shop-elasticsearch-es-default"}`]: '3x40',
    },
    notYetAt: '14m',
    fires: [
      {
        at: '20m',
        alerts: [
          { labels: { severity: 'ticket', ...labels, workload: 'my-shop-orders-canary' }, value: '1', dashboard },
          {
            labels: {
              severity: 'ticket',
              ...ofCluster,
              service: 'elasticsearch',
              workload: 'my-shop-elasticsearch-es-default',
            },
            value: '2',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '35m',
  },
  PodCrashLooping: {
    silent: {
      series: {
        [`kube_pod_container_status_waiting_reason{${container},reason="ContainerCreating"}`]: '1x40',
      },
      at: '30m',
    },
    // Between two tries it runs.
    series: {
      [`kube_pod_container_status_waiting_reason{${container},reason="CrashLoopBackOff"}`]: '1x3 0x1 1x3 0x1 1x10 0x20',
      // It has no lines to lead to.
      'kube_pod_container_status_waiting_reason{namespace="shop",pod="f",container="fluentd",reason="CrashLoopBackOff"}':
        '1x18 0x20',
    },
    notYetAt: '9m',
    fires: [
      {
        at: '15m',
        alerts: [
          { labels: ofContainer, dashboard },
          {
            labels: { severity: 'ticket', ...ofCluster, service: 'fluentd', pod: 'f', container: 'fluentd' },
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '35m',
  },
  AutoscalerAtMaximum: {
    silent: {
      series: {
        [`kube_horizontalpodautoscaler_status_desired_replicas{${exporter},horizontalpodautoscaler="tributary-orders"}`]:
          '9x40',
        [`kube_horizontalpodautoscaler_spec_max_replicas{${exporter},horizontalpodautoscaler="tributary-orders"}`]:
          '10x40',
      },
      at: '30m',
    },
    series: {
      [`kube_horizontalpodautoscaler_status_desired_replicas{${exporter},horizontalpodautoscaler="tributary-orders"}`]:
        '3x2 10x25 4x20',
      [`kube_horizontalpodautoscaler_spec_max_replicas{${exporter},horizontalpodautoscaler="tributary-orders"}`]:
        '10x50',
    },
    notYetAt: '17m',
    fires: [
      {
        at: '25m',
        alerts: [
          {
            labels: { severity: 'ticket', ...labels, horizontalpodautoscaler: 'tributary-orders' },
            value: '10',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '35m',
  },
  MemoryNearLimit: {
    silent: {
      series: {
        [`container_memory_working_set_bytes{${container}}`]: '80x30',
        [`kube_pod_container_resource_limits{${container},resource="memory"}`]: '100x30',
        [`kube_pod_container_resource_limits{${container},resource="cpu"}`]: '0.5x30',
      },
      at: '20m',
    },
    series: {
      [`container_memory_working_set_bytes{${container}}`]: '95x20 50x10',
      [`kube_pod_container_resource_limits{${container},resource="memory"}`]: '100x30',
      // The pod as a whole.
      [`container_memory_working_set_bytes{${pod}}`]: '120x30',
    },
    notYetAt: '9m',
    fires: [{ at: '15m', alerts: [{ labels: ofContainer, value: '95%', dashboard }] }],
    resolvedAt: '25m',
  },
  CpuThrottled: {
    silent: {
      series: {
        [`container_cpu_cfs_throttled_periods_total{${container}}`]: '0+100x60',
        [`container_cpu_cfs_periods_total{${container}}`]: '0+600x60',
      },
      at: '40m',
    },
    series: {
      [`container_cpu_cfs_throttled_periods_total{${container}}`]: '0+360x40 14400x20',
      [`container_cpu_cfs_periods_total{${container}}`]: '0+600x60',
      // The pod as a whole.
      [`container_cpu_cfs_throttled_periods_total{${pod}}`]: '0+360x40 14400x20',
      [`container_cpu_cfs_periods_total{${pod}}`]: '0+600x60',
    },
    notYetAt: '15m',
    fires: [{ at: '30m', alerts: [{ labels: ofContainer, value: '60%', dashboard }] }],
    resolvedAt: '50m',
  },
  VolumeFillingUp: {
    silent: {
      series: {
        [`kubelet_volume_stats_available_bytes{${volume('data-tributary-prometheus-0')}}`]: '20x40',
        [`kubelet_volume_stats_capacity_bytes{${volume('data-tributary-prometheus-0')}}`]: '100x40',
      },
      at: '30m',
    },
    series: {
      [`kubelet_volume_stats_available_bytes{${volume('data-tributary-prometheus-0')}}`]: '5x30 40x10',
      [`kubelet_volume_stats_capacity_bytes{${volume('data-tributary-prometheus-0')}}`]: '100x40',
      // Of whom it is, nobody knows here: it has no lines to lead to.
      [`kubelet_volume_stats_available_bytes{${volume('uploads')}}`]: '2x30 40x10',
      [`kubelet_volume_stats_capacity_bytes{${volume('uploads')}}`]: '100x40',
    },
    notYetAt: '14m',
    fires: [
      {
        at: '20m',
        alerts: [
          {
            labels: {
              severity: 'ticket',
              ...ofCluster,
              persistentvolumeclaim: 'data-tributary-prometheus-0',
              service: 'prometheus',
            },
            value: '5%',
            dashboard,
          },
          {
            labels: { severity: 'ticket', ...ofCluster, persistentvolumeclaim: 'uploads', service: 'uploads' },
            value: '2%',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '35m',
  },
  // Time begins at 0: a certificate that ends at 13 days has so long.
  CertificateExpiring: {
    silent: {
      series: {
        'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="shop-tls"}': '1296000x120',
      },
      at: '90m',
    },
    series: {
      'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="shop-tls"}':
        '1123200x120 7776000x30',
    },
    notYetAt: '59m',
    fires: [
      {
        at: '90m',
        alerts: [
          {
            labels: { severity: 'ticket', ...ofCluster, name: 'shop-tls', service: 'cert-manager' },
            value: '12d 22h 30m 0s',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '140m',
  },
  CertificateExpiresSoon: {
    silent: {
      series: { 'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="shop-tls"}': '345600x60' },
      at: '30m',
    },
    series: {
      'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="shop-tls"}': '172800x30 7776000x30',
    },
    notYetAt: '9m',
    fires: [
      {
        at: '20m',
        alerts: [
          {
            labels: { severity: 'page', ...ofCluster, name: 'shop-tls', service: 'cert-manager' },
            value: '1d 23h 40m 0s',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '40m',
  },
};
