import { importsOf } from './imports-of.ts';
import { SdlImportError } from './sdl-import-error.ts';

/** A file of a subgraph's schema. */
export interface SdlFile {
  /** Relative to the subgraph's folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Where a subgraph's schema begins. */
const MAIN = 'schema.graphql';

/**
 * `schema.graphql` and the files that it imports, each once; a file stands behind those that it imports. An import is a
 * comment above all definitions, of a whole file, relative to the one that imports it: `# import "./types/money.graphql"`.
 *
 * @param read The text of a file of the subgraph's folder; undefined where there is none.
 * @throws SdlImportError
 */
export function readSdl(read: (path: string) => string | undefined): SdlFile[] {
  const text = read(MAIN);
  if (text === undefined) throw new Error(`${MAIN} is missing.`);
  const files = new Map<string, SdlFile>();
  const add = (file: SdlFile, importing: readonly string[]) => {
    const chain = [...importing, file.path];
    for (const { target, line } of importsOf(file)) {
      const place = { path: file.path, line };
      if (chain.includes(target)) {
        const circle = [...chain.slice(chain.indexOf(target)), target].join(' → ');
        throw new SdlImportError('CYCLIC_IMPORT', place, `Files import each other: ${circle}.`);
      }
      if (files.has(target)) continue;
      const imported = read(target);
      if (imported === undefined) {
        const message = `${file.path} imports ${target}, which is not there.`;
        throw new SdlImportError('IMPORT_NOT_FOUND', place, message);
      }
      add({ path: target, text: imported }, chain);
    }
    files.set(file.path, file);
  };
  add({ path: MAIN, text }, []);
  return [...files.values()];
}
