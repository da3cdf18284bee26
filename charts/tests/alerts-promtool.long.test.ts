import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { findPrometheusTool } from '../testing/prometheus-tools.ts';
import { renderChart } from '../testing/render-chart.ts';
import { readRuleFiles } from '../testing/rule-files.ts';
import { alertTests, evaluationIntervals, recordingTests } from './alerts/all-tests.ts';
import { promtoolTests } from './alerts/promtool-tests.ts';
import { OBSERVABILITY } from './value-cases.ts';

const files = readRuleFiles(fileURLToPath(new URL('../..', import.meta.url)));
const tool = findPrometheusTool('promtool') ?? '';
const folder = mkdtempSync(join(tmpdir(), 'tributary-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As Prometheus has it: of the namespace `shop`, and of what is in none. */
function renderedRules(name: string): string {
  const { objects } = renderChart({ chart: OBSERVABILITY });
  const rules = objects.find(({ metadata }) => metadata.name === 'tributary-prometheus-rules') as { data?: object };
  const path = join(folder, `${name}.rules.yaml`);
  writeFileSync(path, (rules.data as Record<string, string>)[`${name}.rules.yaml`] ?? '');
  return path;
}

const promtool = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8', timeout: 120_000 });
  return { status, output: `${stdout}${stderr}` };
};

describe.skipIf(tool === '')('promtool', () => {
  test('finds the rule files in order', () => {
    expect(promtool('check', 'rules', '--lint-fatal', ...files.map(({ path }) => path))).toMatchObject({ status: 0 });
  });

  test.each(files)('sees what $name promises', { timeout: 120_000 }, ({ name, groups }) => {
    const tests = promtoolTests({
      ruleFile: renderedRules(name),
      every: evaluationIntervals[name],
      rules: groups.flatMap(({ rules }) => rules),
      alerts: alertTests[name] ?? {},
      recordings: recordingTests[name] ?? [],
    });
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, stringify(tests, { aliasDuplicateObjects: false }));
    expect(promtool('test', 'rules', file)).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
  });

  // A Prometheus of the whole cluster has them too.
  test.each(['kubernetes', 'pipeline'])(
    'sees that %s says nothing of other namespaces',
    { timeout: 120_000 },
    (name) => {
      const others = Object.entries(alertTests[name] ?? {})
        // The services' own metric: whose it is, it says itself.
        .filter(([alert]) => alert !== 'SpansNotSent')
        .map(([alert, test]): [string, typeof test] => {
          if (!('series' in test)) return [alert, test];
          const series = Object.entries(test.series).map(([each, values]) => [
            each.replace('namespace="shop"', 'namespace="others"'),
            values,
          ]);
          const silence = test.fires.map(({ at }) => ({ at, alerts: [] }));
          return [alert, { ...test, series: Object.fromEntries(series), fires: silence }];
        });
      expect(others.length).toBeGreaterThan(7);
      const alerts = Object.fromEntries(others);
      const file = join(folder, `${name}-of-others.yaml`);
      writeFileSync(file, stringify(promtoolTests({ ruleFile: renderedRules(name), rules: [], alerts })));
      expect(promtool('test', 'rules', file)).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
    },
  );
});
