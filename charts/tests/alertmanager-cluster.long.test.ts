import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../packages/service-kit/src/testing/until.ts';
import { type Alertmanager, startAlertmanager, writeAlertmanagerConfig } from '../testing/alertmanager.ts';
import { type Notification, notificationSink } from '../testing/notification-sink.ts';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = findPrometheusTool('prometheus-alertmanager') ?? '';

const alerts = [
  { alertname: 'Watchdog', severity: 'none', team: 'platform', service: 'prometheus' },
  { alertname: 'OrdersStuck', severity: 'page', team: 'orders', namespace: 'shop', service: 'orders' },
  { alertname: 'DeadLettersWaiting', severity: 'ticket', team: 'orders', namespace: 'shop', service: 'orders' },
  { alertname: 'CpuThrottled', severity: 'ticket', team: 'users', namespace: 'shop', service: 'users' },
].map((labels) => ({
  labels,
  annotations: {
    summary: `Summary of ${labels.alertname}`,
    description: 'What is known.',
    runbook_url: `https://example.com/${labels.alertname}.md`,
    dashboard_url: '/d/tributary-overview',
    logs_url: '/app/discover#/',
    traces_url: '/search?service=users',
  },
}));

describe.skipIf(binary === '')('two Alertmanagers', { timeout: 120_000 }, () => {
  let folder: string;
  let sink: Awaited<ReturnType<typeof notificationSink>>;
  let config: string;
  const replicas: Alertmanager[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-alertmanagers-'));
    sink = await notificationSink();
    config = writeAlertmanagerConfig(root, folder, sink.url);
  });
  afterEach(async () => {
    await Promise.all(replicas.splice(0).map((replica) => replica.stop()));
    sink.stop();
    rmSync(folder, { recursive: true });
  });

  async function start(peers?: readonly Alertmanager[]): Promise<void> {
    const storage = join(folder, `data-${replicas.length}`);
    replicas.push(await startAlertmanager(binary, { config, storage, ...(peers === undefined ? {} : { peers }) }));
  }

  /** Both are told of every alert, as Prometheus does it. */
  async function tellBoth(): Promise<void> {
    for (const { url } of replicas) {
      await until('an Alertmanager to take alerts', () =>
        fetch(`${url}/api/v2/alerts`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(alerts),
        }).then(
          ({ ok }) => ok,
          () => false,
        ),
      );
    }
  }

  test('notify once, and leave out the ticket about what somebody is paged for', async () => {
    await start([]);
    await start(replicas);
    for (const { url } of replicas) await until('both to know each other', () => knowsBoth(url), 60_000);
    await tellBoth();
    // Before it notifies, each asks whether the other one has: of the page, the ticket, and the Watchdog.
    for (const { url } of replicas) await until('both to have decided', () => hasDecided(url, 3), 90_000);
    expect(sink.received.map(whom).sort()).toEqual(['heartbeat', 'page-orders', 'ticket-users']);

    const { title, text } = sink.received.find(({ path }) => path === '/ticket-users')?.body.attachments[0] ?? {};
    expect(title).toBe('1 firing: users in shop – Summary of CpuThrottled');
    for (const part of [
      'What is known.',
      'Runbook: https://example.com/CpuThrottled.md',
      'Dashboard: http://localhost:3000/d/tributary-overview',
      'Traces: http://localhost:16686/search?service=users',
      'Logs: http://localhost:5601/app/discover#/',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('that do not know each other notify twice', async () => {
    await start();
    await start();
    await tellBoth();
    const pages = () => sink.received.map(whom).filter((receiver) => receiver === 'page-orders');
    await until('two pages', () => pages().length === 2, 60_000);
  });
});

const whom = ({ path, body }: Notification): string =>
  path === '/pagerduty' ? body.routing_key.replace('key of ', '') : path.slice(1);

async function knowsBoth(url: string): Promise<boolean> {
  try {
    const status = await (await fetch(`${url}/api/v2/status`)).json();
    const { cluster } = status as { cluster: { status: string; peers: unknown[] } };
    return cluster.status === 'ready' && cluster.peers.length === 2;
  } catch {
    return false;
  }
}

async function hasDecided(url: string, times: number): Promise<boolean> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^alertmanager_nflog_queries_total (\d+)/m.exec(metrics)?.[1] ?? 0) >= times;
}
