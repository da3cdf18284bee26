// Packages each chart whose version is not in charts/released yet. What is there is what `npm run check` compares with.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartFolders, chartOf, RELEASED } from './chart-version.ts';
import { packageChart } from './package-chart.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
mkdirSync(join(root, RELEASED), { recursive: true });
for (const folder of chartFolders) {
  const { name, version } = chartOf(join(root, folder));
  const file = join(RELEASED, `${name}-${version}.tgz`);
  if (existsSync(join(root, file))) {
    console.log(`${file} is there already`);
    continue;
  }
  packageChart(join(root, folder), join(root, RELEASED));
  console.log(`${file} written`);
}
