import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { PrometheusRule } from '../rules/rule.ts';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';
import { type RuleFile, readRuleFiles } from '../testing/rule-files.ts';
import { alertTests, evaluationIntervals, recordingTests } from './alerts/all-tests.ts';
import { promtoolTests } from './alerts/promtool-tests.ts';

const tool = findPrometheusTool('promtool') ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tributary-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files = readRuleFiles(fileURLToPath(new URL('../..', import.meta.url)));
const rules = files.flatMap((file) =>
  file.groups.flatMap((group) =>
    group.rules.map((rule) => ({
      file,
      rule,
      title: `${file.name}: ${group.rules.indexOf(rule)} ${rule.alert ?? rule.record}`,
    })),
  ),
);

/** Whether the tests that concern the rule pass without it. */
function passesWithout({ name, groups }: RuleFile, gone: PrometheusRule): boolean {
  const ruleFile = join(folder, 'gone.rules.yaml');
  const left = groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => rule !== gone) }));
  writeFileSync(ruleFile, stringify({ groups: left }));
  const all = alertTests[name] ?? {};
  const tests = promtoolTests({
    ruleFile,
    every: evaluationIntervals[name],
    rules: groups.flatMap((group) => group.rules),
    alerts: Object.fromEntries(
      Object.entries(all).filter(([alert]) => gone.alert === undefined || alert === gone.alert),
    ),
    recordings: recordingTests[name] ?? [],
  });
  const file = join(folder, 'tests.yaml');
  writeFileSync(file, stringify(tests, { aliasDuplicateObjects: false }));
  return spawnSync(tool, ['test', 'rules', file], { timeout: 120_000 }).status === 0;
}

describe.skipIf(tool === '')('a rule that is deleted is missed by promtool', () => {
  test.each(rules)('$title', { timeout: 120_000 }, ({ file, rule }) => {
    expect(passesWithout(file, rule)).toBe(false);
  });
});
