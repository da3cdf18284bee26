import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findHelm } from './helm-binary.ts';

const DATE = new Date('2000-01-01T00:00:00Z');

/** Packages a chart into a folder, as `<name>-<version>.tgz`. The same files give the same bytes, whatever their dates. */
export function packageChart(chart: string, target: string): void {
  const helm = findHelm(4);
  if (helm === undefined) throw new Error('there is no Helm 4 here: see charts/testing/helm-binary.ts');
  const folder = mkdtempSync(join(tmpdir(), 'tributary-package-'));
  try {
    const copy = join(folder, basename(chart));
    copyDated(chart, copy);
    execFileSync(helm, ['package', copy, '--destination', target], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Links become what they lead to. */
function copyDated(from: string, to: string): void {
  if (!statSync(from).isDirectory()) {
    copyFileSync(from, to);
    utimesSync(to, DATE, DATE);
    return;
  }
  mkdirSync(to);
  for (const name of readdirSync(from)) copyDated(join(from, name), join(to, name));
}
