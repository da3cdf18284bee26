// `npm run generate`: writes every file that is made from others. `npm run check` fails when one is out of date.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allGeneratedFiles } from './generate/all-generated-files.ts';
import { isUpToDate } from './generate/is-up-to-date.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const file of await allGeneratedFiles(root)) {
  if (isUpToDate(root, file)) continue;
  if (file.content === undefined) {
    rmSync(join(root, file.path));
  } else {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), file.content);
  }
  console.log(`${file.content === undefined ? 'removed' : 'wrote'} ${file.path}`);
}
