import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { onPath } from '../../scripts/testing/on-path.ts';

/** By the names that Debian gives them. */
export type PrometheusTool = 'promtool' | 'amtool' | 'prometheus' | 'prometheus-alertmanager';

/** Where Debian's Alertmanager reads its own templates: unpacked alone it does not start. */
const TEMPLATES = '/usr/share/prometheus/alertmanager/default.tmpl';

/** Path of the tool: in the folder that PROMETHEUS_TOOLS names, on the path, or where `.ci/prometheus-tools` puts it. */
export function findPrometheusTool(tool: PrometheusTool): string | undefined {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const unpacked = join(cache, 'tributary/prometheus-tools/usr/bin', tool);
  const named = process.env.PROMETHEUS_TOOLS && join(process.env.PROMETHEUS_TOOLS, tool);
  const isUsable = tool !== 'prometheus-alertmanager' || existsSync(TEMPLATES);
  return [named, onPath(tool), unpacked].find((file) => file && existsSync(file) && isUsable);
}
