import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findHelm } from '../testing/helm-binary.ts';
import { renderChart } from '../testing/render-chart.ts';
import { chartsWithValues } from './charts-with-values.ts';
import { completeSchema } from './complete-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { valueProblems } from './value-problems.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');

/** Keys that a schema has and values.yaml has not, each with its reason. */
const withoutDefault: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'charts/service': {
    global: 'Helm adds it',
    'canary.image.*': 'the keys of image',
    'canary.supergraph.*': 'the keys of supergraph',
    'autoscaling.behavior.scaleDown.selectPolicy': "Kubernetes' own default, Max",
  },
  'charts/tributary': {
    global: 'Helm adds it',
    'service.*': 'the defaults of the chart service',
    'defaults.*': 'the defaults of the chart service',
    'ingress.*': 'the defaults of the chart service',
    'istio.*': 'the defaults of the chart istio',
    'observability.*': 'the defaults of the chart observability',
  },
  istio: { global: 'Helm adds it', enabled: "the umbrella's switch, which Helm hands on" },
  observability: { global: 'Helm adds it', enabled: "the umbrella's switch, which Helm hands on" },
};

const isExempt = (key: string, exempt: Readonly<Record<string, string>>): boolean =>
  Object.keys(exempt).some((pattern) =>
    pattern.endsWith('.*') ? `${key}.`.startsWith(pattern.slice(0, -1)) : key === pattern,
  );

/** Every key that a schema spells out, dotted. Maps and lists have none. */
function keysIn(document: JsonSchema, schema = document, prefix = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = `${prefix}${name}`;
    return [key, ...keysIn(document, target(document, property), `${key}.`)];
  });
}

function target(document: JsonSchema, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  let here: unknown = document;
  for (const part of schema.$ref.split('/').slice(1)) here = (here as Record<string, unknown>)[part];
  return target(document, here as JsonSchema);
}

function has(values: unknown, key: string): boolean {
  let here = values;
  for (const part of key.split('.')) {
    if (typeof here !== 'object' || here === null || !(part in here)) return false;
    here = (here as Record<string, unknown>)[part];
  }
  return true;
}

describe.each(chartsWithValues)('$folder', ({ folder, schema }) => {
  const values = parse(read(`${folder}/values.yaml`));
  const problems = valueProblems(schema);

  it('accepts the defaults, so knows each of their keys', () => {
    expect(problems(values)).toEqual([]);
  });

  it('has no key without a default', () => {
    const exempt = withoutDefault[folder] ?? {};
    const keys = keysIn(completeSchema(folder, schema));
    expect(keys.filter((key) => !has(values, key) && !isExempt(key, exempt))).toEqual([]);
    // An exception that excuses nothing any more is gone too.
    const missing = keys.filter((key) => !has(values, key));
    for (const pattern of Object.keys(exempt)) {
      expect(
        missing.filter((key) => isExempt(key, { [pattern]: '' })),
        pattern,
      ).not.toEqual([]);
    }
  });

  it('accepts the examples of its README', () => {
    const examples = [...read(`${folder}/README.head.md`).matchAll(/^```yaml\n(.+?)^```/gms)].map(([, yaml]) => yaml);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(problems(parse(example ?? '')), example).toEqual([]);
  });

  describe.each([4, 3] as const)('in Helm %i', (helm) => {
    it.skipIf(findHelm(helm) === undefined)('refuses an unknown key by its name', () => {
      const render = () => renderChart({ chart: `${root}/${folder}`, values: { replicaCuont: 2 }, helm });
      expect(render).toThrow(/additional properties 'replicaCuont' not allowed/);
      expect(render).toThrow(new RegExp(`^values don't meet .*^${basename(folder)}:$`, 'ms'));
    });
  });
});
