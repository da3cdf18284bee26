import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { compareVersions } from './compare-versions.ts';
import { objectDifferences } from './object-differences.ts';
import { type ChartOptions, renderChart } from './render-chart.ts';
import { RenderError } from './render-error.ts';

/** Folders of the charts, from the repository's root. */
export const chartFolders = ['charts/service', 'charts/tributary', 'istio', 'observability'] as const;

/** Where the packaged charts of releases are, from the repository's root. */
export const RELEASED = 'charts/released';

/**
 * Charts that render something else than in their last release, and have no higher version.
 *
 * @param root the repository's
 * @returns a finding a chart, with the first differences; none for a chart that was never released
 */
export function chartVersionFindings(root: string): string[] {
  return chartFolders.flatMap((folder) => {
    const { name, version } = chartOf(join(root, folder));
    const released = newestRelease(join(root, RELEASED), name);
    if (released === undefined) return [];
    const step = compareVersions(version, versionOf(released, name));
    if (step < 0) return [`${folder}: its version is lower than that of ${basename(released)}`];
    const differences = step > 0 ? [] : chartChanges(join(root, folder), released);
    if (differences.length === 0) return [];
    const more = differences.length > 5 ? [`and ${differences.length - 5} more`] : [];
    const shown = [...differences.slice(0, 5), ...more].map((each) => `\n  ${each}`).join('');
    return [`${folder}: renders something else than ${basename(released)}, so its version must be higher:${shown}`];
  });
}

/**
 * What a chart renders else than a packaged one, with default values and with each file of its folders `ci` and
 * `examples`: `ci/canary.yaml: Deployment tributary-users: /spec/replicas`. Values that both refuse make no difference.
 */
export function chartChanges(folder: string, released: string): string[] {
  const files = ['ci', 'examples'].flatMap((name) => yamlFiles(join(folder, name)).map((file) => `${name}/${file}`));
  const cases: [string, Omit<ChartOptions, 'chart'>][] = [
    ['default values', {}],
    ...files.map((file): [string, object] => [file, { valuesFiles: [join(folder, file)] }]),
  ];
  return cases.flatMap(([name, options]) => {
    const [before, after] = [rendering({ chart: released, ...options }), rendering({ chart: folder, ...options })];
    if (typeof before === 'string') return typeof after === 'string' ? [] : [`${name}: was refused: ${before}`];
    if (typeof after === 'string') return [`${name}: is refused: ${after}`];
    return objectDifferences(before, after).map((difference) => `${name}: ${difference}`);
  });
}

/** The objects, or why Helm refuses to render them. */
function rendering(options: ChartOptions) {
  try {
    return renderChart(options).objects;
  } catch (error) {
    if (error instanceof RenderError) return error.message;
    throw error;
  }
}

/** The packaged chart of the last release in a folder. */
export function newestRelease(folder: string, name: string): string | undefined {
  const versions = existsSync(folder)
    ? readdirSync(folder).flatMap((file) => (isReleaseOf(file, name) ? [versionOf(file, name)] : []))
    : [];
  const newest = versions.sort(compareVersions).at(-1);
  return newest === undefined ? undefined : join(folder, `${name}-${newest}.tgz`);
}

const isReleaseOf = (file: string, name: string): boolean =>
  file.endsWith('.tgz') && file.startsWith(`${name}-`) && /^\d/.test(file.slice(name.length + 1));

const versionOf = (released: string, name: string): string => basename(released).slice(name.length + 1, -'.tgz'.length);

const yamlFiles = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.yaml'))
        .sort()
    : [];

/** Name and version, out of Chart.yaml. */
export function chartOf(folder: string): { readonly name: string; readonly version: string } {
  return parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'));
}
