import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SourceError } from './subgraphs.ts';

/**
 * Writes a file, and makes its folder. Whoever reads it meanwhile, a gateway say, finds what was there or the whole.
 *
 * @throws SourceError when it cannot be written.
 */
export function writeFile(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, content);
    renameSync(unfinished, file);
  } catch (error) {
    throw new SourceError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
