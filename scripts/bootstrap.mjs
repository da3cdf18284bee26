// Runs before every npm script, on whatever Node (>=20) the machine has. It makes sure that the pinned packages are
// installed and that `node24` leads to the pinned Node 24, and costs a few milliseconds when both are already so.
// Plain JavaScript without dependencies: nothing is installed yet when it runs for the first time.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM_VERSION = '12.21.0';
const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules/.tributary-stamp');
const nodeLink = join(root, 'node_modules/.bin/node24');

/** The lockfile and every manifest of the workspace, as one digest: what `pnpm install` depends on. */
function manifestDigest() {
  const hash = createHash('sha256').update(PNPM_VERSION);
  const folders = [
    '.',
    'bench',
    'chaos',
    'charts',
    'gateway',
    'local',
    'schema',
    ...children('packages'),
    ...children('subgraphs'),
  ];
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders.map((folder) => join(folder, 'package.json'))];
  for (const file of files.sort()) {
    if (existsSync(join(root, file))) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function children(folder) {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name)) : [];
}

function install() {
  console.log('tributary: installing the pinned packages (pnpm install --frozen-lockfile), about half a minute …');
  const result = spawnSync('npx', ['-y', `pnpm@${PNPM_VERSION}`, 'install', '--frozen-lockfile'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CI: 'true' },
  });
  if (result.status !== 0) {
    console.error(result.error ?? `${result.stdout}\n${result.stderr}`);
    console.error('tributary: the packages could not be installed; the output above says why.');
    process.exit(1);
  }
}

/** Where Node 24 is: the package for this platform, or, on a platform without one, the Node that runs this script. */
function findNode24() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const name = `node-${process.platform}-${process.arch}`;
  if (!(name in optionalDependencies)) return { path: process.execPath, wanted: 24, ours: false };
  const wanted = optionalDependencies[name];
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
    return { path: join(manifest, '../bin/node'), wanted, ours: true };
  } catch {
    return { path: undefined, wanted, ours: true };
  }
}

/** True when the binary runs and has the wanted version: an interrupted installation leaves one that does not. */
function isRight({ path, wanted, ours }) {
  if (path === undefined) return false;
  try {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return ours ? version === `v${wanted}` : Number(version.slice(1).split('.')[0]) >= wanted;
  } catch {
    return false;
  }
}

function linkNode24(path) {
  // pnpm links the package's own `node` as a shell wrapper, which swallows signals and would shadow the machine's Node.
  for (const name of ['node', 'node.CMD', 'node.ps1']) rmSync(join(root, 'node_modules/.bin', name), { force: true });
  if (lstatSync(nodeLink, { throwIfNoEntry: false })) rmSync(nodeLink);
  symlinkSync(path, nodeLink);
}

const digest = manifestDigest();
const installed = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest;
let node24 = findNode24();
if (!installed || !isRight(node24)) {
  if (installed && node24.ours && node24.path) rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  install();
  node24 = findNode24();
  if (!isRight(node24)) {
    console.error(
      `tributary: Node ${node24.wanted} is needed${node24.ours ? ' and its package did not install' : '; this platform has no package of it, so install Node 24 or later'}.`,
    );
    process.exit(1);
  }
  linkNode24(node24.path);
  writeFileSync(stampFile, digest);
}
