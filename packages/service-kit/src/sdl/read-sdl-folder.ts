import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readSdl, type SdlFile } from './read-sdl.ts';

/**
 * The schema of the subgraph in a folder; see readSdl.
 *
 * @throws SdlImportError
 */
export const readSdlFolder = (folder: string): SdlFile[] =>
  readSdl((path) => {
    const file = join(folder, path);
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file, 'utf8') : undefined;
  });
