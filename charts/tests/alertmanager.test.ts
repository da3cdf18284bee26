import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { AlertmanagerConfig } from '../rules/alertmanager-config.ts';
import { alertmanagerConfig } from '../rules/alertmanager-config.ts';
import { parseOwners, readOwners } from '../rules/owners.ts';
import { writeAlertmanagerConfig } from '../testing/alertmanager.ts';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tool = findPrometheusTool('amtool') ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tributary-alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shipped = parse(
  readFileSync(join(root, 'observability/files/alertmanager/alertmanager.yaml'), 'utf8'),
) as AlertmanagerConfig;

test('each team of CODEOWNERS has a receiver for pages and one for tickets, whose secrets are in files', () => {
  const { teams } = readOwners(root);
  expect(teams).toContain('platform');
  const names = teams.flatMap((team) => [`page-${team}`, `ticket-${team}`]);
  expect(shipped.receivers.map(({ name }) => name).sort()).toEqual(['heartbeat', 'nobody', ...names].sort());
  const files = [...JSON.stringify(shipped.receivers).matchAll(/"(\w+)_file":"([^"]+)"/g)].map(([, , path]) => path);
  expect(files.sort()).toEqual(['heartbeat', ...names].map((name) => `/etc/alertmanager/receivers/${name}`).sort());
});

test('a sixth subgraph has routes once CODEOWNERS names its team', () => {
  const owners = parseOwners('* @shop/platform\n/subgraphs/reviews/ @shop/reviewers');
  expect(alertmanagerConfig(owners).route.routes).toContainEqual(
    expect.objectContaining({ matchers: ['team="reviewers"'], receiver: 'ticket-reviewers' }),
  );
});

describe.skipIf(tool === '')('amtool', () => {
  const config = writeAlertmanagerConfig(root, folder, 'http://127.0.0.1:9');
  const amtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', timeout: 30_000 });
    return { status, output: `${stdout}${stderr}` };
  };

  test('finds the configuration and its templates in order', () => {
    expect(amtool('check-config', config)).toMatchObject({ status: 0, output: expect.stringMatching(/1 templates/) });
  });

  test.each([
    ['heartbeat', ['alertname=Watchdog', 'severity=none', 'team=platform', 'service=prometheus']],
    ['page-orders', ['alertname=OrdersStuck', 'severity=page', 'team=orders', 'service=orders']],
    ['ticket-orders', ['alertname=DeadLettersWaiting', 'severity=ticket', 'team=orders', 'service=orders']],
    ['page-payments', ['alertname=ExternalServiceDown', 'severity=page', 'team=payments', 'service=payment-provider']],
    ['ticket-payments', ['alertname=ReconciliationDifference', 'severity=ticket', 'team=payments']],
    ['page-gateway', ['alertname=GatewayErrorBudgetBurn', 'severity=page', 'team=gateway', 'service=gateway']],
    ['ticket-gateway', ['alertname=UsageNotWritten', 'severity=ticket', 'team=gateway', 'service=gateway']],
    ['page-platform', ['alertname=ElasticsearchRed', 'severity=page', 'team=platform', 'service=elasticsearch']],
    ['ticket-platform', ['alertname=TargetDown', 'severity=ticket', 'team=platform', 'service=reviews']],
    // A team that nobody knows here, and alerts of others.
    ['page-platform', ['alertname=SubgraphErrorBudgetBurn', 'severity=page', 'team=reviewers', 'service=reviews']],
    ['ticket-platform', ['alertname=KubeNodeNotReady', 'severity=warning']],
    ['nobody', ['alertname=InfoInhibitor', 'severity=none']],
  ])('tells %s of %j', (receiver, labels) => {
    const routed = amtool(
      'config',
      'routes',
      'test',
      `--config.file=${config}`,
      `--verify.receivers=${receiver}`,
      ...labels,
    );
    expect(routed).toMatchObject({ status: 0 });
  });
});
