// `npm run generate`: writes every file that is made from others. `npm run check` fails when one is out of date.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allGeneratedFiles } from './generate/all-generated-files.ts';
import { isUpToDate } from './generate/is-up-to-date.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const file of await allGeneratedFiles(root)) {
  if (isUpToDate(root, file)) continue;
  mkdirSync(dirname(join(root, file.path)), { recursive: true });
  writeFileSync(join(root, file.path), file.content);
  console.log(`wrote ${file.path}`);
}
