import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chartFolders, chartVersionFindings, RELEASED } from './chart-version.ts';
import { packageChart } from './package-chart.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'chart-version-'));
  for (const folder of chartFolders) writeChart(folder, '0.9.0');
  write('istio/ci/large.yaml', 'size: 3\n');
  write(
    'istio/templates/objects.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  labels: { helm.sh/chart: "{{ .Chart.Name }}-{{ .Chart.Version }}" }
  annotations: { checksum/config: {{ .Chart.Version | sha256sum }} }
data: { size: {{ if gt (int .Values.size) 2 }}large{{ else }}small{{ end }} }
---
apiVersion: v1
kind: Secret
metadata: { name: a }
stringData: { password: {{ randAlphaNum 20 }} }
`,
  );
  mkdirSync(join(root, RELEASED));
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const writeChart = (folder: string, version: string): void => {
  const name = folder.split('/').at(-1);
  write(`${folder}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: ${version}\n`);
  write(`${folder}/values.yaml`, 'size: 1\n');
};

const release = (): void => packageChart(join(root, 'istio'), join(root, RELEASED));

/** Whatever renders a chart keeps the answer, so a changed chart is rendered in another place. */
function edit(change: (template: string) => string): void {
  const path = join(root, 'istio/templates/objects.yaml');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  const moved = mkdtempSync(join(tmpdir(), 'chart-version-'));
  rmSync(moved, { recursive: true });
  renameSync(root, moved);
  root = moved;
}

describe('the version of a chart', () => {
  it('is not asked for before the first release', () => {
    expect(chartVersionFindings(root)).toEqual([]);
  });

  it('may stay while the chart renders the same, whatever the date and generated secrets', () => {
    release();
    edit((template) => `{{/* A comment. */}}\n${template}`);
    expect(chartVersionFindings(root)).toEqual([]);
  });

  it('must be higher when something else is rendered with default values', () => {
    release();
    edit((template) => template.replace('small', 'tiny'));
    expect(chartVersionFindings(root)).toEqual([
      'istio: renders something else than istio-0.9.0.tgz, so its version must be higher:\n' +
        '  default values: ConfigMap a: /data/size',
    ]);
    writeChart('istio', '0.10.0');
    expect(chartVersionFindings(root)).toEqual([]);
  });

  it('must be higher when something else is rendered with values of ci/', () => {
    release();
    edit((template) => template.replace('large', 'huge'));
    expect(chartVersionFindings(root)[0]).toContain('\n  ci/large.yaml: ConfigMap a: /data/size');
  });

  it('must be higher when an object is new, gone, or refused', () => {
    release();
    edit((template) => template.replace('Secret', 'Service'));
    expect(chartVersionFindings(root)[0]).toContain('Secret a: is gone');
    expect(chartVersionFindings(root)[0]).toContain('Service a: is new');
    edit((template) => `{{ fail "not any more" }}\n${template}`);
    expect(chartVersionFindings(root)[0]).toContain('default values: is refused: not any more');
  });

  it('is compared with the newest release, and must not be lower', () => {
    release();
    writeChart('istio', '0.10.0');
    edit((template) => template.replace('small', 'tiny'));
    release();
    edit((template) => template);
    expect(chartVersionFindings(root)).toEqual([]);
    writeChart('istio', '0.9.1');
    expect(chartVersionFindings(root)).toEqual(['istio: its version is lower than that of istio-0.10.0.tgz']);
  });
});

it('packages the same files to the same bytes, links followed', () => {
  write('charts/service/templates/a.yaml', '# nothing\n');
  mkdirSync(join(root, 'istio/charts'));
  symlinkSync('../../charts/service', join(root, 'istio/charts/service'));
  const packaged = (): Buffer => {
    release();
    return readFileSync(join(root, RELEASED, 'istio-0.9.0.tgz'));
  };
  const first = packaged();
  utimesSync(join(root, 'istio/values.yaml'), 1, 1);
  expect(packaged().equals(first)).toBe(true);
});
