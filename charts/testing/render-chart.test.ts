import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHelm } from './helm-binary.ts';
import { templateOf } from './parse-manifest.ts';
import { type ChartOptions, lintChart, renderChart } from './render-chart.ts';
import { RenderError } from './render-error.ts';

const files: Record<string, string> = {
  'shop/Chart.yaml': `apiVersion: v2
name: shop
version: 1.0.0
dependencies: [{ name: part, version: 1.0.0 }]
`,
  'shop/values.yaml': 'size: 1\npart: { deep: { a: 1 } }\n',
  'shop/values.schema.json': JSON.stringify({
    additionalProperties: false,
    properties: { size: { type: 'integer', maximum: 10 }, part: {}, global: {}, mode: {} },
  }),
  'shop/templates/_checks.tpl': `{{- define "checks" }}
{{- if eq (int .Values.size) 7 }}{{ fail "seven is\\nnot allowed" }}{{ end }}
{{- end }}`,
  'shop/templates/objects.yaml': `{{- include "checks" . }}
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }}-a, namespace: {{ .Release.Namespace }} }
data:
  size: {{ .Values.size | quote }}
  kubernetes: {{ .Capabilities.KubeVersion.Version | quote }}
  monitors: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
  mode: {{ .Values.mode }}
  time: 12:30:45
  text: |
    # Source: not one
    ---
    apiVersion: v1
---
# nothing but a comment
---
apiVersion: v1
kind: ConfigMap
metadata: { name: b }
`,
  'shop/templates/NOTES.txt': '{{ .Release.Name }} of "size" {{ .Values.size }}\n',
  'part/Chart.yaml': 'apiVersion: v2\nname: part\nversion: 1.0.0\n',
  'part/values.yaml': 'deep: { a: 1 }\n',
  'part/templates/part.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: part }\n',
};

let folder: string;
let chart: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'render-chart-'));
  chart = join(folder, 'shop');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(join(chart, 'charts'));
  symlinkSync('../../part', join(chart, 'charts/part'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const reasonOf = (options: ChartOptions): string => {
  try {
    renderChart(options);
    return 'nothing was refused';
  } catch (error) {
    expect(error).toBeInstanceOf(RenderError);
    return (error as Error).message;
  }
};

describe.each([4, 3] as const)('with Helm %i', (helm) => {
  const test = it.skipIf(findHelm(helm) === undefined);

  test('renders the objects, as Kubernetes reads them, and knows the template of each', () => {
    const { objects } = renderChart({ chart, helm, apiVersions: ['monitoring.coreos.com/v1'], values: { mode: null } });
    expect(objects.map((object) => [object.metadata.name, templateOf(object)])).toEqual([
      ['part', 'shop/charts/part/templates/part.yaml'],
      ['tributary-a', 'shop/templates/objects.yaml'],
      ['b', 'shop/templates/objects.yaml'],
    ]);
    expect(objects[1]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'tributary-a', namespace: 'shop' },
      data: {
        size: '1',
        kubernetes: 'v1.36.0',
        monitors: 'true',
        mode: null,
        time: '12:30:45',
        text: '# Source: not one\n---\napiVersion: v1\n',
      },
    });
    expect(renderChart({ chart, helm, values: { mode: 'on' } }).objects[1]?.data.mode).toBe(true);
  });

  test('takes values files, and values over them', () => {
    const file = join(folder, 'three.yaml');
    writeFileSync(file, 'size: 3\nmode: fast\n');
    const { objects } = renderChart({ chart, helm, valuesFiles: [file], values: { size: 4 } });
    expect(objects[1]?.data).toMatchObject({ size: '4', mode: 'fast' });
  });

  test('renders the notes', () => {
    expect(renderChart({ chart, helm, values: { size: 2 }, release: 'mine' }).notes).toBe('mine of "size" 2');
  });

  test('gives the reason of a template that fails', () => {
    expect(reasonOf({ chart, helm, values: { size: 7 } })).toBe('seven is\nnot allowed');
  });

  test('gives the reason of a schema that refuses the values', () => {
    expect(reasonOf({ chart, helm, values: { size: 11 } })).toMatch(/at '\/size': maximum: got 11, want 10$/);
    expect(reasonOf({ chart, helm, values: { sise: 1 } })).toMatch(/additional properties 'sise' not allowed$/);
  });

  test('refuses what Helm only warns of', () => {
    expect(reasonOf({ chart, helm, values: { part: { deep: 3 } } })).toContain('cannot overwrite table with non table');
  });

  test('lints', () => {
    expect(lintChart({ chart, helm })).toEqual([]);
    expect(lintChart({ chart, helm, values: { size: 11 } })).toContain(
      "[ERROR] values.yaml: - at '/size': maximum: got 11, want 10",
    );
  });
});

it('renders once for those who ask the same', () => {
  expect(renderChart({ chart })).toBe(renderChart({ chart }));
});
