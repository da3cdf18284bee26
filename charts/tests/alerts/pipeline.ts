import type { AlertTest } from './alert-test.ts';

const buffer = 'namespace="shop",pod="tributary-fluentd-abcde",plugin_id="logs",type="elasticsearch"';
const health = (color: string) =>
  `elasticsearch_cluster_health_status{namespace="shop",pod="exporter",cluster="tributary",color="${color}"}`;
const exporterUp = 'up{namespace="shop",pod="exporter",job="elasticsearch-exporter",instance="10.0.0.1:9114"}';
const snapshot =
  'elasticsearch_snapshot_stats_latest_snapshot_timestamp_seconds{namespace="shop",pod="exporter",repository="backups"}';
const lifecycle = (step: string, index: string) =>
  `elasticsearch_ilm_index_status{namespace="shop",pod="exporter",index=".ds-logs-${index}",phase="hot",action="rollover",step="${step}"}`;
const collector = 'namespace="shop",pod="tributary-collector-0",exporter="otlp/jaeger"';
const lost = (service: string, reason: string) =>
  `trace_spans_lost_total{namespace="shop",pod="tributary-${service}-6b9f7c5d4-x2x4z",service="${service}",reason="${reason}"}`;
const dashboard = 'tributary-overview';
const fluentd = { severity: 'ticket', team: 'platform', namespace: 'shop', service: 'fluentd' };
const elasticsearch = { team: 'platform', namespace: 'shop', cluster: 'tributary', service: 'elasticsearch' };
const ofBuffer = { ...fluentd, pod: 'tributary-fluentd-abcde', plugin_id: 'logs' };

export const pipelineTests: Record<string, AlertTest> = {
  LogsNotDelivered: {
    // One restart of Elasticsearch.
    silent: { series: { [`fluentd_output_status_retry_count{${buffer}}`]: '0x5 1 2 3x40' }, at: '19m' },
    series: { [`fluentd_output_status_retry_count{${buffer}}`]: '0+1x60 60x30' },
    notYetAt: '15m',
    fires: [{ at: '30m', alerts: [{ labels: ofBuffer, dashboard }] }],
    resolvedAt: '80m',
  },
  LogBufferFull: {
    silent: { series: { [`fluentd_output_status_buffer_available_space_ratio{${buffer}}`]: '40x30' }, at: '20m' },
    series: { [`fluentd_output_status_buffer_available_space_ratio{${buffer}}`]: '10x20 90x10' },
    notYetAt: '4m',
    fires: [{ at: '10m', alerts: [{ labels: ofBuffer, value: '10', dashboard }] }],
    resolvedAt: '25m',
  },
  LogsRejected: {
    // Long ago.
    silent: {
      series: { 'fluentd_rejected_documents_total{namespace="shop",pod="tributary-fluentd-abcde"}': '7x120' },
      at: '90m',
    },
    series: {
      'fluentd_rejected_documents_total{namespace="shop",pod="tributary-fluentd-abcde"}': '_x20 1x120',
      'fluentd_rejected_documents_total{namespace="shop",pod="tributary-fluentd-fghij"}': '0x20 0+1x5 5x120',
    },
    notYetAt: '18m',
    fires: [{ at: '30m', alerts: [{ labels: fluentd, value: '2', dashboard }] }],
    resolvedAt: '100m',
  },
  ElasticsearchRed: {
    silent: { series: { [health('red')]: '0x30', [health('yellow')]: '1x30' }, at: '20m' },
    series: { [health('red')]: '1x20 0x10', [health('green')]: '0x20 1x10' },
    notYetAt: '4m',
    fires: [{ at: '10m', alerts: [{ labels: { severity: 'page', ...elasticsearch }, dashboard }] }],
    resolvedAt: '25m',
  },
  ElasticsearchDown: {
    // It is ill, and answers.
    silent: { series: { [exporterUp]: '1x30', [health('red')]: '1x30', [health('green')]: '0x30' }, at: '20m' },
    // Then the exporter is gone too, which TargetDown tells of.
    series: { [exporterUp]: '1x30 0x10', [health('green')]: '1x5 _x35' },
    notYetAt: '10m',
    fires: [
      {
        at: '20m',
        alerts: [
          {
            labels: { severity: 'page', team: 'platform', namespace: 'shop', service: 'elasticsearch' },
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '31m',
  },
  ElasticsearchYellow: {
    // A node is restarted.
    silent: { series: { [health('yellow')]: '1x20 0x30' }, at: '35m' },
    series: { [health('yellow')]: '1x60 0x10' },
    notYetAt: '29m',
    fires: [{ at: '40m', alerts: [{ labels: { severity: 'ticket', ...elasticsearch }, dashboard }] }],
    resolvedAt: '65m',
  },
  IndexLifecycleFailing: {
    // A step that failed, and went well when it was tried again.
    silent: {
      series: { [lifecycle('ERROR', '000001')]: '1x30', [lifecycle('check-rollover-ready', '000002')]: '1x90' },
      at: '80m',
    },
    series: {
      [lifecycle('ERROR', '000001')]: '_x10 1x100 _x20',
      [lifecycle('ERROR', '000002')]: '_x10 1x100 _x20',
      // Nobody manages it.
      [lifecycle('ERROR', '000003')]: '0x130',
    },
    notYetAt: '69m',
    fires: [
      {
        at: '80m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'platform', namespace: 'shop', service: 'elasticsearch' },
            value: '2',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '125m',
  },
  // Time begins at 0.
  SnapshotsMissing: {
    silent: { series: { [snapshot]: '-90000+0x120' }, at: '110m' },
    series: { [snapshot]: '-200000+0x100 6000x30' },
    notYetAt: '59m',
    fires: [
      {
        at: '90m',
        alerts: [
          {
            labels: {
              severity: 'ticket',
              team: 'platform',
              namespace: 'shop',
              service: 'elasticsearch',
              repository: 'backups',
            },
            value: '2d 9h 3m 20s',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '110m',
  },
  SpansDropped: {
    silent: {
      series: {
        [`otelcol_exporter_send_failed_spans_total{${collector}}`]: '7x30',
        [`otelcol_exporter_enqueue_failed_spans_total{${collector}}`]: '0x30',
      },
      at: '20m',
    },
    series: {
      [`otelcol_exporter_send_failed_spans_total{${collector}}`]: '0+60x25 1500x60',
      'otelcol_receiver_refused_spans_total{namespace="shop",pod="tributary-collector-0",receiver="otlp"}':
        '0x30 0+120x25 3000x30',
    },
    notYetAt: '10m',
    fires: [
      {
        at: '20m',
        alerts: [{ labels: { ...fluentd, service: 'collector' }, value: '1', dashboard }],
      },
      // Another reason, the same trouble.
      {
        at: '50m',
        alerts: [{ labels: { ...fluentd, service: 'collector' }, value: '2', dashboard }],
      },
    ],
    resolvedAt: '70m',
  },
  SpansNotSent: {
    // A restart of the collector.
    silent: { series: { [lost('orders', 'export')]: '0x5 0+100x3 300x40' }, at: '20m' },
    series: {
      [lost('orders', 'export')]: '0x5 0+60x20 1200x20',
      [lost('orders', 'queue')]: '0x5 0+60x20 1200x20',
      [lost('users', 'export')]: '0x50',
    },
    notYetAt: '15m',
    fires: [
      {
        at: '22m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'orders', namespace: 'shop', service: 'orders' },
            value: '2',
            dashboard,
          },
        ],
      },
    ],
    resolvedAt: '40m',
  },
};
