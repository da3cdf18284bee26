import type { AlertTest, AlwaysFiring } from './alert-test.ts';

const dashboard = 'tributary-overview';
const platform = { severity: 'ticket', team: 'platform', namespace: 'monitoring' };
const up = (pod: string) => `up{namespace="shop",pod="${pod}",job="orders",instance="10.0.0.${pod}:9400"}`;
const otherJobs = ['collector-gateway', 'elasticsearch-exporter', 'cert-manager', 'kubelet', 'fluentd'];
const ofPod = (pod: string, job: string) => `namespace="monitoring",pod="${pod}",job="${job}"`;

export const monitoringTests: Record<string, AlertTest | AlwaysFiring> = {
  Watchdog: {
    fires: [
      {
        at: '0m',
        alerts: [{ labels: { severity: 'none', team: 'platform', service: 'prometheus' }, dashboard }],
      },
      {
        at: '10h',
        alerts: [{ labels: { severity: 'none', team: 'platform', service: 'prometheus' }, dashboard }],
      },
    ],
  },
  TargetDown: {
    // One of many, as while pods are replaced.
    silent: {
      series: Object.fromEntries(
        Array.from({ length: 11 }, (_, pod) => [up(String(pod)), pod === 0 ? '0x30' : '1x30']),
      ),
      at: '25m',
    },
    series: {
      [up('1')]: '1x2 0x20 1x10',
      [up('2')]: '1x40',
      [up('3')]: '1x40',
      // Each has its lines under another name, or none at all.
      ...Object.fromEntries(otherJobs.map((job) => [`up{job="${job}",instance="${job}:1"}`, '1x2 0x20 1x10'])),
    },
    notYetAt: '12m',
    fires: [
      {
        at: '20m',
        alerts: [
          {
            labels: { severity: 'ticket', team: 'orders', namespace: 'shop', job: 'orders', service: 'orders' },
            value: '33.33%',
            dashboard,
          },
          ...otherJobs.map((job) => ({
            labels: { severity: 'ticket', team: 'platform', job, service: job },
            value: '100%',
            dashboard,
          })),
        ],
      },
    ],
    resolvedAt: '30m',
  },
  RulesFailing: {
    silent: {
      series: {
        [`prometheus_rule_evaluation_failures_total{${ofPod('prometheus-0', 'prometheus')},rule_group="slo"}`]: '4x60',
      },
      at: '30m',
    },
    series: {
      [`prometheus_rule_evaluation_failures_total{${ofPod('prometheus-0', 'prometheus')},rule_group="slo"}`]:
        '0+1x30 30x30',
    },
    notYetAt: '10m',
    fires: [{ at: '20m', alerts: [{ labels: { ...platform, rule_group: 'slo', service: 'prometheus' }, dashboard }] }],
    resolvedAt: '50m',
  },
  ConfigurationNotLoaded: {
    silent: {
      series: {
        [`prometheus_config_last_reload_successful{${ofPod('prometheus-0', 'prometheus')}}`]: '1x30',
        [`alertmanager_config_last_reload_successful{${ofPod('alertmanager-0', 'alertmanager')}}`]: '1x30',
      },
      at: '25m',
    },
    series: {
      [`prometheus_config_last_reload_successful{${ofPod('prometheus-0', 'prometheus')}}`]: '0x20 1x10',
      [`alertmanager_config_last_reload_successful{${ofPod('alertmanager-0', 'alertmanager')}}`]: '0x20 1x10',
    },
    notYetAt: '9m',
    fires: [
      {
        at: '15m',
        alerts: ['prometheus', 'alertmanager'].map((job) => ({
          labels: { ...platform, pod: `${job}-0`, job, service: job },
          dashboard,
        })),
      },
    ],
    resolvedAt: '25m',
  },
  NotificationsFailing: {
    silent: {
      series: {
        [`alertmanager_notifications_failed_total{${ofPod('alertmanager-0', 'alertmanager')},integration="slack"}`]:
          '0x5 2x30',
      },
      at: '12m',
    },
    series: {
      [`alertmanager_notifications_failed_total{${ofPod('alertmanager-0', 'alertmanager')},integration="slack"}`]:
        '0+1x30 30x30',
      [`alertmanager_notifications_failed_total{${ofPod('alertmanager-0', 'alertmanager')},integration="pagerduty"}`]:
        '0x60',
    },
    notYetAt: '10m',
    fires: [
      {
        at: '20m',
        alerts: [
          { labels: { ...platform, severity: 'page', integration: 'slack', service: 'alertmanager' }, dashboard },
        ],
      },
    ],
    resolvedAt: '45m',
  },
  AlertmanagersApart: {
    silent: {
      series: {
        [`alertmanager_cluster_members{${ofPod('alertmanager-0', 'alertmanager')}}`]: '2x30',
        [`alertmanager_cluster_members{${ofPod('alertmanager-1', 'alertmanager')}}`]: '2x30',
      },
      at: '20m',
    },
    series: {
      [`alertmanager_cluster_members{${ofPod('alertmanager-0', 'alertmanager')}}`]: '1x20 2x10',
      [`alertmanager_cluster_members{${ofPod('alertmanager-1', 'alertmanager')}}`]: '2x30',
    },
    notYetAt: '9m',
    fires: [{ at: '15m', alerts: [{ labels: { ...platform, service: 'alertmanager' }, value: '1', dashboard }] }],
    resolvedAt: '25m',
  },
};
