import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SourceError } from './subgraphs.ts';

/**
 * Writes a file, and makes its folder.
 *
 * @throws SourceError when it cannot be written.
 */
export function writeFile(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  } catch (error) {
    throw new SourceError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
