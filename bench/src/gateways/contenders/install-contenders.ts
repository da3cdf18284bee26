import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTENDERS_FOLDER } from './contenders.ts';

/** Installs what bench/contenders/package-lock.json pins, unless it is there. @throws Error when that fails */
export function installContenders(): void {
  const lockfile = readFileSync(join(CONTENDERS_FOLDER, 'package-lock.json'));
  const digest = createHash('sha256').update(lockfile).digest('hex');
  const stamp = join(CONTENDERS_FOLDER, 'node_modules/.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.error('Installing the gateways of bench/contenders, about a minute …');
  const { status, error, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: CONTENDERS_FOLDER,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm ci in bench/contenders failed: ${error?.message ?? stderr}`);
  writeFileSync(stamp, digest);
}
