import { existsSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'rolldown';

export interface SourceUrls {
  readonly plugin: Plugin;
  /**
   * What modules read beside their code: absolute path → path in the bundle.
   *
   * @param modules the ids of those that are in the bundle
   * @throws Error when one of them asks where it is in a way that cannot be followed
   */
  filesOf(modules: ReadonlySet<string>): Map<string, string>;
}

const SOURCE_URL = /new URL\(\s*'([^']+)',\s*import\.meta\.url,?\s*\)/g;

/**
 * Follows `new URL('…', import.meta.url)` of our own sources into the bundle: a source file becomes a program of its own
 * in `dist/` (a worker), the service's folder and the repository's are the bundle's folder, and other files and folders
 * are to be copied to where they are in the service's folder, or else in the repository.
 */
export function sourceUrls(root: string, serviceFolder: string): SourceUrls {
  const found = new Map<string, Map<string, string>>();
  const lost = new Set<string>();

  function placeOf(target: string): string {
    const inService = relative(serviceFolder, target);
    return inService.startsWith('..') ? relative(root, target) : inService;
  }

  const plugin: Plugin = {
    name: 'source-urls',
    transform(code, id) {
      // Our own only; the bundler's have names that are no paths.
      if (!isAbsolute(id) || id.includes('/node_modules/') || !code.includes('import.meta.')) return undefined;
      const files = new Map<string, string>();
      const rewritten = code.replaceAll(SOURCE_URL, (_, path: string) => {
        const target = resolve(fileURLToPath(new URL(path, pathToFileURL(id))));
        if (!existsSync(target)) throw new Error(`${relative(root, id)} reads ${path}, which does not exist.`);
        if (target.endsWith('.ts')) {
          const fileName = `${basename(target, '.ts')}.js`;
          this.emitFile({ type: 'chunk', id: target, fileName });
          return `new URL('./${fileName}', import.meta.url)`;
        }
        const place = target === resolve(root) ? '' : placeOf(target);
        if (place !== '') files.set(target, place);
        return `new URL('${join('..', place)}${path.endsWith('/') || place === '' ? '/' : ''}', import.meta.url)`;
      });
      found.set(id, files);
      if (/import\.meta\.(?:url|dirname|filename)/.test(code.replaceAll(SOURCE_URL, ''))) lost.add(id);
      return rewritten;
    },
  };
  return {
    plugin,
    filesOf(modules) {
      const unknown = [...lost].filter((id) => modules.has(id)).map((id) => relative(root, id));
      if (unknown.length > 0) {
        throw new Error(
          `${unknown.join(', ')}: a bundle only follows new URL('…', import.meta.url), with a fixed path.`,
        );
      }
      return new Map([...modules].flatMap((id) => [...(found.get(id) ?? [])]));
    },
  };
}
