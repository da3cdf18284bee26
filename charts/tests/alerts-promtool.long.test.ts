import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';
import { readRuleFiles } from '../testing/rule-files.ts';
import { alertTests, evaluationIntervals, recordingTests } from './alerts/all-tests.ts';
import { promtoolTests } from './alerts/promtool-tests.ts';

const files = readRuleFiles(fileURLToPath(new URL('../..', import.meta.url)));
const tool = findPrometheusTool('promtool') ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tributary-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const promtool = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', timeout: 120_000 });
  return { status, output: `${stdout}${stderr}` };
};

describe.skipIf(tool === '')('promtool', () => {
  test('finds the rule files in order', () => {
    expect(promtool('check', 'rules', '--lint-fatal', ...files.map(({ path }) => path))).toMatchObject({ status: 0 });
  });

  test.each(files)('sees what $name promises', { timeout: 120_000 }, ({ name, path, groups }) => {
    const tests = promtoolTests({
      ruleFile: path,
      every: evaluationIntervals[name],
      rules: groups.flatMap(({ rules }) => rules),
      alerts: alertTests[name] ?? {},
      recordings: recordingTests[name] ?? [],
    });
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, stringify(tests, { aliasDuplicateObjects: false }));
    expect(promtool('test', 'rules', file)).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
  });
});
