import { readFileSync } from 'node:fs';
import { SourceError } from './subgraphs.ts';

/**
 * A file's text.
 *
 * @throws SourceError when it is missing, or cannot be read.
 */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SourceError(code === 'ENOENT' ? `${file} is missing.` : `${file} cannot be read: ${code}.`);
  }
}
