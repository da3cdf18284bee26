import { countedWithin } from './counted-within.ts';
import { HERE } from './here.ts';
import type { Alert } from './rule.ts';

const rate = (metric: string) => `sum by (namespace) (rate(${metric}{${HERE}}[5m])) > 0`;

/** Fluentd reads none of its own lines: each would make another. */
const OF_FLUENTD = null;

/** The way of logs and traces, and what keeps them. */
export const pipelineAlerts: readonly Alert[] = [
  {
    alert: 'LogsNotDelivered',
    expr: `max by (namespace, pod, plugin_id) (increase(fluentd_output_status_retry_count{${HERE}}[10m])) > 0`,
    for: '15m',
    severity: 'ticket',
    about: 'fluentd',
    dashboard: 'tributary-overview',
    summary: '{{ $labels.pod }} cannot hand on logs',
    description:
      '{{ $labels.plugin_id }} has tried again and again for 15 minutes. Meanwhile logs are kept on the node’s disk.',
    logs: OF_FLUENTD,
  },
  {
    alert: 'LogBufferFull',
    expr: `min by (namespace, pod, plugin_id) (fluentd_output_status_buffer_available_space_ratio{${HERE}}) < 20`,
    for: '5m',
    severity: 'ticket',
    about: 'fluentd',
    dashboard: 'tributary-overview',
    summary: 'The log buffer of {{ $labels.pod }} is nearly full',
    description:
      '{{ $value | humanize }} % of it is free. Once it is full, lines wait in the containers’ files, which the kubelet rotates away.',
    logs: OF_FLUENTD,
  },
  {
    alert: 'LogsRejected',
    expr: `count by (namespace) (${countedWithin(`fluentd_rejected_documents_total{${HERE}}`, '1h')})`,
    severity: 'ticket',
    about: 'fluentd',
    dashboard: 'tributary-overview',
    summary: 'Elasticsearch rejects log lines',
    description:
      'Of {{ $value }} pods of Fluentd within the last hour. They are kept as text, among the rejected ones.',
    logs: OF_FLUENTD,
  },
  {
    alert: 'ElasticsearchRed',
    expr: `max by (namespace, cluster) (elasticsearch_cluster_health_status{${HERE},color="red"}) > 0`,
    for: '5m',
    severity: 'page',
    about: 'elasticsearch',
    dashboard: 'tributary-overview',
    summary: 'Elasticsearch is red: {{ $labels.cluster }}',
    description:
      'Some primary shards are nowhere: logs and traces in them cannot be found, and new ones may not be kept.',
  },
  {
    alert: 'ElasticsearchDown',
    // While it has no answer its exporter is up, and says nothing of its health: neither red nor yellow.
    expr: `max by (namespace) (up{${HERE},job="elasticsearch-exporter"}) == 1
unless on (namespace)
max by (namespace) (elasticsearch_cluster_health_status{${HERE}})`,
    for: '5m',
    severity: 'page',
    about: 'elasticsearch',
    dashboard: 'tributary-overview',
    summary: 'Elasticsearch does not answer',
    description:
      'Its exporter has had no answer for five minutes: logs and traces cannot be found, and new ones wait on the nodes.',
  },
  {
    alert: 'ElasticsearchYellow',
    expr: `max by (namespace, cluster) (elasticsearch_cluster_health_status{${HERE},color="yellow"}) > 0`,
    for: '30m',
    severity: 'ticket',
    about: 'elasticsearch',
    dashboard: 'tributary-overview',
    summary: 'Elasticsearch is yellow: {{ $labels.cluster }}',
    description: 'Some shards have had no replica for 30 minutes: the loss of one more node would lose data.',
  },
  {
    alert: 'IndexLifecycleFailing',
    // Elasticsearch tries a step again by itself.
    expr: `count by (namespace) (elasticsearch_ilm_index_status{${HERE},step="ERROR"} == 1)`,
    for: '1h',
    severity: 'ticket',
    about: 'elasticsearch',
    dashboard: 'tributary-overview',
    summary: 'Elasticsearch cannot roll over, move or delete indices',
    description:
      'The lifecycle of {{ $value }} indices has stood at an error for an hour: they grow, or stay when they should be gone.',
  },
  {
    alert: 'SnapshotsMissing',
    expr: `time() - max by (namespace, repository) (elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds{${HERE}}) > 2 * 86400`,
    for: '1h',
    severity: 'ticket',
    about: 'elasticsearch',
    dashboard: 'tributary-overview',
    summary: 'Elasticsearch takes no snapshots: {{ $labels.repository }}',
    description: 'The newest is {{ $value | humanizeDuration }} old.',
  },
  {
    alert: 'SpansDropped',
    expr: `${rate('otelcol_exporter_send_failed_spans_total')}
or
${rate('otelcol_exporter_enqueue_failed_spans_total')}
or
${rate('otelcol_receiver_refused_spans_total')}`,
    for: '10m',
    severity: 'ticket',
    about: 'collector',
    dashboard: 'tributary-overview',
    summary: 'The collector loses spans',
    description: '{{ $value | humanize }} a second could not be taken, kept or sent: traces have gaps.',
  },
  {
    alert: 'SpansNotSent',
    expr: 'sum by (namespace, service) (rate(trace_spans_lost_total[5m])) > 0',
    for: '10m',
    severity: 'ticket',
    about: { label: 'service' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.service }} cannot hand on its spans',
    description:
      '{{ $value | humanize }} a second are lost before any collector has them: traces have no part of {{ $labels.service }}.',
  },
];
