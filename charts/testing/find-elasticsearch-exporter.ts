import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Path of the exporter: that which ELASTICSEARCH_EXPORTER names, else the newest that `.ci/elasticsearch-exporter` has built. */
export function findElasticsearchExporter(): string | undefined {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tributary');
  const built = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.startsWith('elasticsearch-exporter-v'))
    : [];
  const newest = built.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
  return process.env.ELASTICSEARCH_EXPORTER || (newest && join(folder, newest));
}
