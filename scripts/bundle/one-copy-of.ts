import { extname } from 'node:path';
import { packageFolder } from './npm-packages.ts';

/**
 * @param modules absolute paths of what is in a bundle
 * @throws Error when a package is there in two versions, or as CommonJS and as ES modules
 */
export function oneCopyOf(name: string, modules: Iterable<string>): void {
  const copies = new Set<string>();
  for (const path of modules) {
    const folder = packageFolder(path);
    if (folder?.endsWith(`/node_modules/${name}`)) copies.add(`${folder} (${extname(path)})`);
  }
  if (copies.size > 1) {
    throw new Error(
      `The bundle has ${name} more than once, and each would refuse what is of another:\n${[...copies].sort().join('\n')}`,
    );
  }
}
