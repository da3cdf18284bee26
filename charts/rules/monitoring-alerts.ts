import { HERE } from './here.ts';
import { type Alert, warningsOf } from './rule.ts';

/** The container of a job's pods: mostly it has the job's name. */
const CONTAINER_OF_JOB = [
  '{{ if eq $labels.job "collector-agent" "collector-gateway" }}collector',
  '{{ else if eq $labels.job "elasticsearch-exporter" }}exporter',
  '{{ else if eq $labels.job "cert-manager" }}cert-manager-controller',
  '{{ else }}{{ $labels.job }}{{ end }}',
].join('');

/** What watches the rest. */
export const monitoringAlerts: readonly Alert[] = [
  {
    alert: 'Watchdog',
    expr: 'vector(1)',
    severity: 'none',
    about: 'prometheus',
    dashboard: 'tributary-overview',
    summary: 'Alerts get through',
    description: 'It always fires. Whoever gets it raises the alarm when it stops coming.',
  },
  {
    alert: 'TargetDown',
    expr: `count by (namespace, job) (up{${HERE}} == 0)
/ on (namespace, job)
count by (namespace, job) (up{${HERE}}) > 0.1`,
    for: '10m',
    severity: 'ticket',
    about: { label: 'job' },
    dashboard: 'tributary-overview',
    summary: 'Prometheus cannot read {{ $value | humanizePercentage }} of {{ $labels.job }}',
    description: 'For ten minutes: what is down there raises no alert of its own.',
    logs: warningsOf(CONTAINER_OF_JOB),
    // Kubelets are no pods, and Fluentd reads none of its own lines.
    logsIf: 'not (eq $labels.job "kubelet" "cadvisor" "fluentd")',
  },
  {
    alert: 'RulesFailing',
    expr: 'sum by (namespace, rule_group) (increase(prometheus_rule_evaluation_failures_total[10m])) > 0',
    for: '10m',
    severity: 'ticket',
    about: 'prometheus',
    dashboard: 'tributary-overview',
    summary: 'Prometheus cannot evaluate rules',
    description: '{{ $labels.rule_group }} fails: its alerts cannot fire.',
  },
  {
    alert: 'ConfigurationNotLoaded',
    expr: `min by (namespace, pod, job) (prometheus_config_last_reload_successful) == 0
or
min by (namespace, pod, job) (alertmanager_config_last_reload_successful) == 0`,
    for: '10m',
    severity: 'ticket',
    about: { label: 'job' },
    dashboard: 'tributary-overview',
    summary: '{{ $labels.pod }} refuses its configuration',
    description: 'It goes on with the one before; with its next restart it would not start.',
  },
  {
    alert: 'NotificationsFailing',
    expr: 'sum by (namespace, integration) (rate(alertmanager_notifications_failed_total[5m])) > 0',
    for: '10m',
    severity: 'page',
    about: 'alertmanager',
    dashboard: 'tributary-overview',
    summary: 'Alertmanager cannot notify by {{ $labels.integration }}',
    description: 'For ten minutes: somebody is not told of an alert.',
  },
  {
    alert: 'AlertmanagersApart',
    expr: 'min by (namespace) (alertmanager_cluster_members) < count by (namespace) (alertmanager_cluster_members)',
    for: '10m',
    severity: 'ticket',
    about: 'alertmanager',
    dashboard: 'tributary-overview',
    summary: 'Alertmanagers do not hear of each other',
    description:
      'One of them knows {{ $value }} members only: each notifies by itself, and silences hold at one alone.',
  },
];
