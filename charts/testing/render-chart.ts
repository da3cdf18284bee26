import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { findHelm } from './helm-binary.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { parseManifest } from './parse-manifest.ts';
import { RenderError } from './render-error.ts';

export interface ChartOptions {
  /** Folder of the chart, or a packaged one. */
  readonly chart: string;
  /** Go over the values of the files. */
  readonly values?: object;
  /** Paths of YAML files; a later one goes over an earlier one. */
  readonly valuesFiles?: readonly string[];
  readonly release?: string;
  readonly namespace?: string;
  /** What the cluster serves besides Kubernetes's own: `monitoring.coreos.com/v1`, or with a kind after it. */
  readonly apiVersions?: readonly string[];
  readonly kubeVersion?: string;
  readonly helm?: 3 | 4;
}

export interface RenderedChart {
  /** Also hooks, tests and CRDs. Frozen; `templateOf` tells where each comes from. */
  readonly objects: KubernetesObject[];
  /** What `helm install` prints at its end; empty where the chart has none, or is a packaged one. */
  readonly notes: string;
}

const rendered = new Map<string, RenderedChart>();

/**
 * Renders a chart as `helm install` on an empty cluster would, without one. Whoever asks twice in a process gets the
 * same answer: a chart that is changed in between is not seen.
 *
 * @throws RenderError where Helm refuses the chart or its values, or prints a warning
 */
export function renderChart(options: ChartOptions): RenderedChart {
  const key = JSON.stringify(options);
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const chart = resolve(options.chart);
  const answer = statSync(chart, { throwIfNoEntry: false })?.isDirectory()
    ? renderFolder(chart, options)
    : { objects: parseManifest(helmTemplate(chart, options)), notes: '' };
  rendered.set(key, answer);
  return answer;
}

/**
 * `helm template` prints no notes, and Helm 3's dry run wants a cluster. So a copy of the chart gets one more template,
 * which prints what NOTES.txt renders.
 */
function renderFolder(chart: string, options: ChartOptions): RenderedChart {
  if (!existsSync(join(chart, 'templates/NOTES.txt'))) {
    return { objects: parseManifest(helmTemplate(chart, options)), notes: '' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'tributary-chart-'));
  try {
    const copy = join(folder, basename(chart));
    cpSync(chart, copy, { recursive: true });
    const template = 'notes: {{ include (print .Template.BasePath "/NOTES.txt") . | toJson }}\n';
    writeFileSync(join(copy, 'templates/notes-as-an-object.yaml'), template);
    const all = parseManifest(helmTemplate(copy, options));
    const isObject = ({ kind }: KubernetesObject): boolean => kind !== undefined;
    return { objects: all.filter(isObject), notes: all.find((each) => !isObject(each))?.notes.trim() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function helmTemplate(chart: string, options: ChartOptions): string {
  const { release = 'tributary', namespace = 'shop', apiVersions = [], kubeVersion = '1.36.0' } = options;
  const args = ['template', release, chart, '--namespace', namespace, '--kube-version', kubeVersion];
  const { status, stdout, stderr } = runHelm(
    [...args, '--include-crds', ...apiVersions.flatMap((version) => ['--api-versions', version])],
    options,
  );
  const complaints = stderr.replaceAll(/^.*found symbolic link in path.*\n/gm, '');
  if (status !== 0 || complaints !== '') throw new RenderError(complaints);
  return stdout;
}

/** What `helm lint --strict` finds wrong with a chart's folder. */
export function lintChart(options: Pick<ChartOptions, 'chart' | 'values' | 'valuesFiles' | 'helm'>): string[] {
  const { status, stdout, stderr } = runHelm(['lint', '--strict', resolve(options.chart)], options);
  const problems = stdout.split('\n').filter((line) => /^\[(WARNING|ERROR)\]/.test(line));
  if (status !== 0 && problems.length === 0) return [new RenderError(stderr).message];
  return problems;
}

/** The environment has nothing of the user's: no plug-ins, no HELM_ variables, no cluster. */
function runHelm(args: readonly string[], { values, valuesFiles = [], helm = 4 }: Omit<ChartOptions, 'chart'>) {
  const executable = findHelm(helm);
  if (executable === undefined) throw new Error(`there is no Helm ${helm} here: see charts/testing/helm-binary.ts`);
  const files = valuesFiles.map((file) => resolve(file));
  if (values !== undefined) files.push('-');
  return spawnSync(executable, [...args, ...files.flatMap((file) => ['--values', file])], {
    encoding: 'utf8',
    input: JSON.stringify(values ?? {}),
    env: { HOME: tmpdir(), KUBECONFIG: '/dev/null', HELM_PLUGINS: '/dev/null' },
    maxBuffer: 64 * 1024 * 1024,
  });
}
