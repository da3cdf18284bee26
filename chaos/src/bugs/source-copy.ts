import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What the graph runs from, and what its bundles tell of. */
const PARTS = [
  'LICENSE',
  'NOTICE',
  'package.json',
  'pnpm-lock.yaml',
  'tsconfig.json',
  'chaos',
  'gateway',
  'packages',
  'schema',
  'scripts',
  'subgraphs',
];

/**
 * Copies the sources into `folder`. The packages' own `node_modules` hold only relative links, which then lead to the
 * copies of our packages, and through one link to the installed packages of others.
 */
export function copySources(folder: string): void {
  for (const part of PARTS) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

const patchFile = (bug: string): string => join(ROOT, 'chaos', 'bugs', `${bug}.patch`);

/** @throws Error when the patch does not fit the sources any more */
export function applyPatch(folder: string, bug: string): void {
  git(folder, ['apply', patchFile(bug)]);
}

/** @throws Error that says where it does not fit */
export function checkPatch(bug: string): void {
  git(ROOT, ['apply', '--check', patchFile(bug)]);
}

/** As on any folder, whether or not it lies in somebody's repository. */
function git(folder: string, args: readonly string[]): void {
  execFileSync('git', args, { cwd: folder, stdio: 'pipe', env: { ...process.env, GIT_CEILING_DIRECTORIES: folder } });
}
