import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseOwners, readOwners } from '../rules/owners.ts';
import type { PrometheusRule } from '../rules/rule.ts';
import { ruleFiles } from '../rules/rule-files.ts';
import { readRuleFiles } from '../testing/rule-files.ts';
import { alertTests, recordingTests } from './alerts/all-tests.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RUNBOOKS = join(root, 'docs/runbooks');
const owners = readOwners(root);
const files = readRuleFiles(root);
const alerts = files.flatMap(({ groups }) =>
  groups.flatMap(({ rules }) => rules.filter((rule): rule is PrometheusRule & { alert: string } => 'alert' in rule)),
);
const names = [...new Set(alerts.map(({ alert }) => alert))];

test('the files that are shipped are those that charts/rules makes', () => {
  for (const { path, content } of ruleFiles(root)) expect(readFileSync(join(root, path), 'utf8'), path).toBe(content);
});

describe('each alert', () => {
  test('has a near miss, a time at which it fires, and an end; and no other has', () => {
    for (const { name, groups } of files) {
      const there = groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
      expect(Object.keys(alertTests[name] ?? {}).sort(), name).toEqual([...new Set(there)].sort());
    }
    const tests = Object.values(alertTests).flatMap(Object.entries);
    for (const [alert, parts] of tests) {
      expect(parts.fires.length, alert).toBeGreaterThan(0);
      if (alert === 'Watchdog') continue;
      expect(Object.keys(parts), alert).toEqual(expect.arrayContaining(['silent', 'series', 'resolvedAt']));
    }
    expect(Object.keys(alertTests).concat(Object.keys(recordingTests))).toEqual(
      expect.arrayContaining(files.map(({ name }) => name)),
    );
  });

  test('is seen to fire under each of its rules', () => {
    for (const rule of alerts) {
      const fired = Object.values(alertTests)
        .flatMap((tests) => tests[rule.alert]?.fires ?? [])
        .flatMap((each) => each.alerts);
      const own = fired.filter(({ labels }) => labels.long === rule.labels?.long);
      expect(own.length, `${rule.alert} ${rule.labels?.long ?? ''}`).toBeGreaterThan(0);
      for (const { labels } of own) expect(labels.severity, rule.alert).toBe(rule.labels?.severity);
    }
  });

  test('says how urgent it is, whose, about what, and where to go on', () => {
    const uids = readdirSync(join(root, 'observability/files/dashboards')).map((file) => file.replace('.json', ''));
    for (const { alert, labels = {}, annotations = {} } of alerts) {
      expect(['page', 'ticket', 'none'], alert).toContain(labels.severity);
      expect(labels.service, alert).toMatch(/./);
      for (const team of teamsIn(labels.team ?? '')) expect(owners.teams, alert).toContain(team);
      for (const text of ['summary', 'description']) expect(annotations[text], alert).toMatch(/^\S.{5,}$/);
      expect(annotations.runbook_url, alert).toMatch(new RegExp(`/docs/runbooks/${alert}\\.md$`));
      const uid = /^\/d\/([\w-]+?)(\{\{.*)?(\?.*)?$/.exec(annotations.dashboard_url ?? '')?.[1] ?? '';
      expect(
        uids.some((each) => each.startsWith(uid) && uid !== ''),
        `${alert}: ${annotations.dashboard_url}`,
      ).toBe(true);
      if (labels.service !== 'fluentd') expect(annotations.logs_url, alert).toContain('/app/discover#/');
      expect(annotations.traces_url, alert).toContain('/search?service=');
    }
  });

  test('about an operation leads to its own lines and failed traces', () => {
    const { annotations = {} } = alerts.find(({ alert }) => alert === 'OperationFailing') ?? {};
    const links = [annotations.logs_url, annotations.traces_url].map((url = '') =>
      decodeURIComponent(url.replaceAll('{{ $labels.operation }}', 'PlaceOrder')),
    );
    expect(links).toEqual([
      expect.stringContaining(
        `query:'service:"gateway" and operation:"PlaceOrder" and outcome:("partial" or "failure")'`,
      ),
      '/search?service=gateway&lookback=1h&tags={"error":"true","graphql.operation.name":"PlaceOrder"}',
    ]);
  });

  test('has a runbook with every part, which names its owner; none is left over', () => {
    const files = [...names, ...grafanaAlerts()].map((name) => `${name}.md`);
    expect(readdirSync(RUNBOOKS).sort()).toEqual(['README.md', ...files].sort());
    for (const { alert, labels } of alerts) {
      const text = readFileSync(join(RUNBOOKS, `${alert}.md`), 'utf8');
      const parts = ['What it means', 'What users notice', 'Look first', 'Do', 'It ends', 'Owner'];
      expect(
        [...text.matchAll(/^## (.+)$/gm)].map(([, part]) => part),
        alert,
      ).toEqual(parts);
      for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)\)/g)) {
        expect(existsSync(join(RUNBOOKS, link)), `${alert} links to ${link}`).toBe(true);
      }
      const owner = text.split('## Owner\n\n')[1] ?? '';
      if (labels?.team?.startsWith('{{')) expect(owner, alert).toMatch(/^The team /);
      else expect(owner, alert).toBe(`The team ${labels?.team}.\n`);
    }
  });
});

describe('owners', () => {
  const codeowners =
    '# Comment\n* @shop/platform\n/subgraphs/orders/ @shop/sales @shop/others\n/subgraphs/users/ @shop/people\n';

  test('are the teams of folders; the last line counts', () => {
    const { teams, fallback, of } = parseOwners(`${codeowners}/subgraphs/users/ @jane\n`);
    expect({ teams, fallback }).toEqual({ teams: ['jane', 'platform', 'sales'], fallback: 'platform' });
    expect(['orders', 'users', 'jwks', 'nats'].map(of)).toEqual(['sales', 'jane', 'jane', 'platform']);
  });

  test('are found by a label; a sixth subgraph has those of everything else until it is named', () => {
    expect(parseOwners(codeowners).template('service')).toBe(
      '{{ if eq $labels.service "jwks" "users" }}people{{ else if eq $labels.service "orders" }}sales{{ else }}platform{{ end }}',
    );
    expect(parseOwners(`${codeowners}/subgraphs/reviews/ @shop/people\n`).template('service')).toContain(
      'eq $labels.service "jwks" "reviews" "users" }}people',
    );
    expect(parseOwners('* @shop/all\n/subgraphs/users/ @shop/all').template('service')).toBe('all');
  });

  test('of everything have to be there', () => {
    expect(() => parseOwners('/subgraphs/users/ @shop/people')).toThrow('no line for *');
  });
});

/** A team, or those of a template. */
const teamsIn = (label: string): string[] =>
  label.startsWith('{{') ? [...label.matchAll(/\}\}([^{]+)\{\{/g)].map(([, team = '']) => team) : [label];

/** Those that Grafana raises itself have runbooks here too. */
function grafanaAlerts(): Set<string> {
  const folder = join(root, 'observability/files/grafana-alerts');
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/docs\/runbooks\/(\w+)\.md/g)].map(([, name = '']) => name)),
  );
}
