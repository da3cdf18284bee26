import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What there is an image of: the gateway, the tools, and every folder of `subgraphs/` with a schema. */
export function allServices(root: string): string[] {
  const folders = readdirSync(join(root, 'subgraphs')).filter(
    (name) => !name.startsWith('_') && existsSync(join(root, 'subgraphs', name, 'schema.graphql')),
  );
  return ['gateway', 'tools', ...folders.sort()];
}
