import { execFile } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';

const CREATE_CLUSTER = fileURLToPath(new URL('create-cluster.ts', import.meta.url));

/** Opens the PostgreSQL that is embedded in this process, with its data in `folder`; makes it at the first start. */
export async function openEmbeddedDatabase(folder: string): Promise<PGlite> {
  const cluster = join(folder, 'postgres');
  if (!existsSync(cluster)) {
    // Made beside its place and moved there when complete: an interrupted first start leaves nothing half made.
    const unfinished = `${cluster}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    await promisify(execFile)(process.execPath, ['--liftoff-only', CREATE_CLUSTER, unfinished]);
    renameSync(unfinished, cluster);
  }
  return PGlite.create({
    dataDir: cluster,
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
  });
}
