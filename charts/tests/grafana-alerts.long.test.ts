import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { until } from '../../packages/service-kit/src/testing/until.ts';
import { type Alertmanager, startAlertmanager, writeAlertmanagerConfig } from '../testing/alertmanager.ts';
import { notificationSink } from '../testing/notification-sink.ts';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = findPrometheusTool('prometheus-alertmanager') ?? '';

const { groups } = parse(readFileSync(join(root, 'observability/files/grafana-alerts/prometheus.yaml'), 'utf8'));
const [rule] = groups[0].rules;

/** As Grafana's contact point sends an alert that fires: with labels of its own, and an end that is none. */
const firing = {
  labels: {
    ...rule.labels,
    alertname: rule.title,
    grafana_folder: 'Tributary',
    __alert_rule_uid__: rule.uid,
    __alert_rule_namespace_uid__: 'tributary',
  },
  annotations: { ...rule.annotations, __orgId__: '1', __value_string__: '[ var="A" ]' },
  startsAt: new Date().toISOString(),
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://localhost:3000/alerting/grafana/prometheus-unreachable/view?orgId=1',
  UpdatedAt: new Date().toISOString(),
  Timeout: false,
};

describe.skipIf(binary === '')('Alertmanager', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-grafana-alerts-'));
  let sink: Awaited<ReturnType<typeof notificationSink>>;
  let alertmanager: Alertmanager;

  beforeEach(async () => {
    sink = await notificationSink();
    const config = writeAlertmanagerConfig(root, folder, sink.url);
    alertmanager = await startAlertmanager(binary, { config, storage: join(folder, 'data') });
  });
  afterEach(async () => {
    await alertmanager.stop();
    sink.stop();
    rmSync(folder, { recursive: true });
  });

  test('pages somebody of an alert of Grafana’s, and holds it for active until it would have been told again', async () => {
    await until('it to take the alert', () =>
      fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([firing]),
      }).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const alerts = await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json();
    const [held] = alerts as [{ updatedAt: string; endsAt: string }];
    // resolve_timeout, after which it is no longer active if nobody tells of it again.
    expect(Date.parse(held.endsAt) - Date.parse(held.updatedAt)).toBe(300_000);

    await until('a page', () => sink.received.length > 0, 60_000);
    const { path, body } = sink.received[0] ?? {};
    expect({ path, key: body.routing_key, action: body.event_action }).toEqual({
      path: '/pagerduty',
      key: 'key of page-platform',
      action: 'trigger',
    });
    const text = body.payload.custom_details.alerts;
    expect(text).toContain('Dashboard: http://localhost:3000/d/tributary-overview');
    // It has no such links.
    expect(text).not.toMatch(/Traces|Logs/);
  });
});
