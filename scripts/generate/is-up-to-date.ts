import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedFile } from './generated-file.ts';

export function isUpToDate(root: string, { path, content }: GeneratedFile): boolean {
  const there = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
  return there === content;
}
