import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chartReadme } from './chart-readme.ts';
import { chartsWithValues } from './charts-with-values.ts';
import { completeSchema } from './complete-schema.ts';
import { valueRows } from './value-rows.ts';

/**
 * `values.schema.json` and `README.md` of each chart.
 *
 * @throws for a value that nothing describes
 */
export function chartFiles(root: string): { path: string; content: string }[] {
  return chartsWithValues.flatMap(({ folder, schema }) => {
    const read = (file: string) => readFileSync(join(root, folder, file), 'utf8');
    const rows = valueRows(read('values.yaml'), `${folder}/values.yaml`, schema);
    return [
      {
        path: `${folder}/values.schema.json`,
        content: `${JSON.stringify(completeSchema(basename(folder), schema), null, 2)}\n`,
      },
      { path: `${folder}/README.md`, content: chartReadme(read('README.head.md'), rows) },
    ];
  });
}
