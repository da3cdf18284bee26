import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The code that holds a subgraph's resolvers: `src/resolvers/` where there is such a folder, else all of `src/`. Neither
 * tests nor generated files; nothing where there is no JavaScript or TypeScript.
 */
export function readResolverSources(sourceFolder: string): string[] {
  const folder = [join(sourceFolder, 'resolvers'), sourceFolder].find(existsSync);
  if (folder === undefined) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isSource(entry.name))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
}

const isSource = (name: string) =>
  /\.[cm]?[jt]sx?$/.test(name) && !/\.(test|spec|generated)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/.test(name);
