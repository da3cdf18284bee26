import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const isUpToDate = (root: string, { path, content }: { path: string; content: string }) =>
  existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8') === content;
