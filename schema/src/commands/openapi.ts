import { resolve } from 'node:path';
import { asOpenApi30, ONLY_LINE } from '@tributary/rest';
import { parseFlags } from '../flags.ts';
import { readLines } from '../lines/read-lines.ts';
import { lineOpenApi } from '../openapi/line-openapi.ts';
import { readRoutes } from '../openapi/read-routes.ts';
import { readSupergraph } from '../planning/read-supergraph.ts';
import { repositoryRoot, SourceError } from '../subgraphs.ts';
import { type Command, UsageError } from './command.ts';

export const openapi: Command = {
  name: 'openapi',
  summary: 'prints the OpenAPI document of the REST API (schema/rest), for one version line',
  usage: `graph openapi [--line MAJOR] [--version 3.0|3.1] [--root FOLDER]
  --line      which version line, default the oldest that is generally available
  --version   of OpenAPI, default 3.1
  --root      the repository, default this one
The gateway serves the same at /v{n}/openapi.json. Routes that the line does not have are named on standard error.`,
  async run(args) {
    const flags = parseFlags(args, {
      line: { type: 'string' },
      version: { type: 'string', default: '3.1', oneOf: ['3.0', '3.1'] },
      root: { type: 'string', default: repositoryRoot },
    });
    const root = resolve(flags.root);
    const folder = readRoutes(root);
    if (folder === undefined) throw new SourceError('There are no routes: schema/rest is missing.');
    const { document, missing } = lineOpenApi(readSupergraph(root), folder, lineOf(root, flags.line));
    for (const { file, why } of missing) console.error(`${file} is not in this line: ${why}`);
    console.log(JSON.stringify(flags.version === '3.0' ? asOpenApi30(document) : document, null, 2));
    return 0;
  },
};

function lineOf(root: string, major: string | undefined) {
  const { lines } = readLines(root);
  const all = lines.length === 0 ? [ONLY_LINE] : lines;
  const line =
    major === undefined ? all.find(({ state }) => state === 'ga') : all.find((one) => String(one.major) === major);
  if (line === undefined) throw new UsageError(`There is no such line: ${all.map((one) => one.major).join(', ')}.`);
  return line;
}
