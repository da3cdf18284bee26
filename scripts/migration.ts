// `npm run migration -- SUBGRAPH NAME`: lets drizzle-kit write the migration from the tables' last state to their present one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [subgraph = '', name = ''] = process.argv.slice(2);
const folder = fileURLToPath(new URL(`../subgraphs/${subgraph}`, import.meta.url));
if (subgraph === '' || !/^[a-z][a-z0-9_]*$/.test(name) || !existsSync(join(folder, 'drizzle.config.ts'))) {
  console.error('Usage: npm run migration -- SUBGRAPH name_in_snake_case');
  process.exit(2);
}
const drizzleKit = join(folder, 'node_modules/drizzle-kit/bin.cjs');
process.exit(
  spawnSync(process.execPath, [drizzleKit, 'generate', '--name', name], { cwd: folder, stdio: 'inherit' }).status ?? 1,
);
