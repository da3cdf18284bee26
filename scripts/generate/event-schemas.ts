import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publishedSchema } from '../../packages/service-kit/src/index.ts';
import { consumersOf, type EventsOfSubgraph } from '../../schema/src/index.ts';
import type { GeneratedFile } from './generated-file.ts';

/** `subgraphs/<name>/events/<type>.json` for each type that a subgraph says, and none for what it says no more. */
export function eventSchemas(root: string, catalogue: readonly EventsOfSubgraph[]): GeneratedFile[] {
  const published = catalogue.flatMap(({ name, says }) =>
    says.map((definition) => ({
      path: pathOf(name, definition.type),
      content: `${JSON.stringify(publishedSchema(definition, name, consumersOf(catalogue, definition.type)), null, 2)}\n`,
    })),
  );
  const paths = new Set(published.map(({ path }) => path));
  const withdrawn = schemasThere(root).filter((path) => !paths.has(path));
  return [...published, ...withdrawn.map((path) => ({ path, content: undefined }))];
}

const pathOf = (subgraph: string, type: string) => `subgraphs/${subgraph}/events/${type}.json`;

function schemasThere(root: string): string[] {
  return readdirSync(join(root, 'subgraphs')).flatMap((name) => {
    const folder = `subgraphs/${name}/events`;
    const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
    return files.filter((file) => file.endsWith('.json')).map((file) => `${folder}/${file}`);
  });
}
