import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/**
 * Subgraphs whose `tables.ts` says more than their migrations do: drizzle-kit is asked for the next migration, in a
 * copy, and there must be none.
 */
export async function subgraphsWithMigrationDrift(root: string): Promise<string[]> {
  const folders = readdirSync(join(root, 'subgraphs')).filter((name) =>
    existsSync(join(root, 'subgraphs', name, 'drizzle.config.ts')),
  );
  const drifted = await Promise.all(folders.map((name) => hasDrift(join(root, 'subgraphs', name))));
  return folders.filter((_, index) => drifted[index]);
}

async function hasDrift(folder: string): Promise<boolean> {
  const copy = mkdtempSync(join(tmpdir(), 'tributary-migrations-'));
  try {
    cpSync(join(folder, 'migrations'), copy, { recursive: true });
    const before = readdirSync(copy).length;
    const args = [
      'generate',
      '--dialect',
      'postgresql',
      '--schema',
      './src/tables.ts',
      '--out',
      relative(folder, copy),
    ];
    await promisify(execFile)(process.execPath, [join(folder, 'node_modules/drizzle-kit/bin.cjs'), ...args], {
      cwd: folder,
    });
    return readdirSync(copy).length !== before;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
