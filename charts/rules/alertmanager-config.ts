import type { Owners } from './owners.ts';

/** Where the chart mounts the Secret with one file for each receiver. */
const RECEIVERS = '/etc/alertmanager/receivers';
const TEXT = '{{ template "tributary.text" . }}';
const TITLE = '{{ template "tributary.title" . }}';

interface Route {
  receiver: string;
  matchers?: string[];
  group_by?: string[];
  group_wait?: string;
  group_interval?: string;
  repeat_interval?: string;
  routes?: Route[];
}

/** What of Alertmanager's configuration is used here. */
export interface AlertmanagerConfig {
  templates: string[];
  route: Route;
  inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal: string[] }[];
  receivers: { name: string; [integration: `${string}_configs`]: object[] }[];
}

/**
 * Alertmanager's configuration. Each team has two receivers, `page-<team>` and `ticket-<team>`: PagerDuty, whose routing
 * key, and Slack (or what takes its messages), whose webhook URL is in the file of that name. What has no team, or one
 * that is not known, goes to the fallback. The Watchdog goes to `heartbeat`, a webhook that raises the alarm when it
 * hears nothing.
 */
export const alertmanagerConfig = ({ teams, fallback }: Owners): AlertmanagerConfig => ({
  templates: ['/etc/alertmanager/*.tmpl'],
  route: {
    receiver: `ticket-${fallback}`,
    // One notification for what happens to one service.
    group_by: ['namespace', 'service', 'severity'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: '24h',
    routes: [
      {
        matchers: ['alertname="Watchdog"'],
        receiver: 'heartbeat',
        group_by: ['alertname'],
        group_wait: '0s',
        group_interval: '1m',
        repeat_interval: '1m',
      },
      { matchers: ['severity="none"'], receiver: 'nobody' },
      ...teams
        .filter((team) => team !== fallback)
        .map((team) => ({ matchers: [`team="${team}"`], receiver: `ticket-${team}`, routes: [paged(team)] })),
      paged(fallback),
    ],
  },
  inhibit_rules: [
    {
      // Who is up because of a service hears of its tickets when it is well again.
      source_matchers: ['severity="page"', 'service!=""'],
      target_matchers: ['severity="ticket"'],
      equal: ['namespace', 'service'],
    },
    {
      // Without the broker no event goes anywhere: one page, not one for each service.
      source_matchers: ['alertname="ExternalServiceDown"', 'service="nats"'],
      target_matchers: ['alertname=~"OutboxLagging|OutboxGrowing|OrdersStuck"'],
      equal: ['namespace'],
    },
  ],
  receivers: [
    { name: 'nobody' },
    { name: 'heartbeat', webhook_configs: [{ url_file: `${RECEIVERS}/heartbeat`, send_resolved: false }] },
    ...teams.flatMap((team) => [
      { name: `page-${team}`, pagerduty_configs: [pagerDuty(team)] },
      { name: `ticket-${team}`, slack_configs: [slack(team)] },
    ]),
  ],
});

const paged = (team: string): Route => ({
  matchers: ['severity="page"'],
  receiver: `page-${team}`,
  group_wait: '10s',
  repeat_interval: '1h',
});

const pagerDuty = (team: string) => ({
  routing_key_file: `${RECEIVERS}/page-${team}`,
  send_resolved: true,
  severity: 'critical',
  description: TITLE,
  details: { alerts: TEXT },
});

const slack = (team: string) => ({
  api_url_file: `${RECEIVERS}/ticket-${team}`,
  send_resolved: true,
  title: TITLE,
  text: TEXT,
});
