/** A metric of somebody else's that rules and dashboards use. */
export interface ForeignMetric {
  exporter: string;
  /** Of those that it has, the ones that are used; not what Prometheus adds (namespace, pod, job, instance). */
  labels: readonly string[];
  /** Prometheus makes it of what it scrapes and evaluates: no target has it. */
  isMadeByQueries?: true;
}

/** By name. Histograms stand here with their suffixes. */
export const foreignMetrics: Record<string, ForeignMetric> = {
  // What a rule's alerts are about is in the labels of its expression.
  ALERTS: {
    exporter: 'Prometheus',
    labels: ['alertname', 'alertstate', 'severity', 'team', 'service', 'subgraph'],
    isMadeByQueries: true,
  },
  up: { exporter: 'Prometheus', labels: [], isMadeByQueries: true },
  container_memory_working_set_bytes: { exporter: 'cAdvisor', labels: ['container'] },
  container_cpu_cfs_throttled_periods_total: { exporter: 'cAdvisor', labels: ['container'] },
  container_cpu_cfs_periods_total: { exporter: 'cAdvisor', labels: ['container'] },
  kubelet_volume_stats_available_bytes: { exporter: 'kubelet', labels: ['persistentvolumeclaim'] },
  kubelet_volume_stats_capacity_bytes: { exporter: 'kubelet', labels: ['persistentvolumeclaim'] },
  kube_deployment_spec_replicas: { exporter: 'kube-state-metrics', labels: ['deployment'] },
  kube_deployment_status_replicas_available: { exporter: 'kube-state-metrics', labels: ['deployment'] },
  kube_statefulset_replicas: { exporter: 'kube-state-metrics', labels: ['statefulset'] },
  kube_statefulset_status_replicas_ready: { exporter: 'kube-state-metrics', labels: ['statefulset'] },
  kube_horizontalpodautoscaler_spec_max_replicas: {
    exporter: 'kube-state-metrics',
    labels: ['horizontalpodautoscaler'],
  },
  kube_horizontalpodautoscaler_status_desired_replicas: {
    exporter: 'kube-state-metrics',
    labels: ['horizontalpodautoscaler'],
  },
  kube_pod_container_resource_limits: { exporter: 'kube-state-metrics', labels: ['container', 'resource'] },
  kube_pod_container_status_waiting_reason: { exporter: 'kube-state-metrics', labels: ['container', 'reason'] },
  certmanager_certificate_expiration_timestamp_seconds: { exporter: 'cert-manager', labels: ['name'] },
  fluentd_output_status_buffer_available_space_ratio: {
    exporter: 'fluent-plugin-prometheus, prometheus_output_monitor',
    labels: ['plugin_id', 'type'],
  },
  fluentd_output_status_retry_count: {
    exporter: 'fluent-plugin-prometheus, prometheus_output_monitor',
    labels: ['plugin_id', 'type'],
  },
  fluentd_rejected_documents_total: { exporter: 'observability/files/fluentd/elasticsearch.conf', labels: [] },
  elasticsearch_cluster_health_status: { exporter: 'elasticsearch_exporter', labels: ['cluster', 'color'] },
  elasticsearch_ilm_index_status: { exporter: 'elasticsearch_exporter', labels: ['index', 'phase', 'action', 'step'] },
  elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds: {
    exporter: 'elasticsearch_exporter',
    labels: ['repository'],
  },
  otelcol_exporter_enqueue_failed_spans_total: { exporter: 'OpenTelemetry Collector', labels: ['exporter'] },
  otelcol_exporter_send_failed_spans_total: { exporter: 'OpenTelemetry Collector', labels: ['exporter'] },
  otelcol_receiver_refused_spans_total: { exporter: 'OpenTelemetry Collector', labels: ['receiver', 'transport'] },
  prometheus_config_last_reload_successful: { exporter: 'Prometheus', labels: [] },
  prometheus_rule_evaluation_failures_total: { exporter: 'Prometheus', labels: ['rule_group'] },
  alertmanager_cluster_members: { exporter: 'Alertmanager', labels: [] },
  alertmanager_config_last_reload_successful: { exporter: 'Alertmanager', labels: [] },
  alertmanager_notifications_failed_total: { exporter: 'Alertmanager', labels: ['integration'] },
};
