import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILDER = fileURLToPath(new URL('builder.yaml', import.meta.url));

/** Path of a collector: that which OTELCOL names, else what `.ci/otelcol` has built. */
export function findCollector(): string | undefined {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const hash = createHash('sha256').update(readFileSync(BUILDER)).digest('hex').slice(0, 12);
  const built = join(cache, `tributary/otelcol-${hash}/otelcol`);
  return process.env.OTELCOL || (existsSync(built) ? built : undefined);
}
