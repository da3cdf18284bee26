import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readText } from '../read-text.ts';
import { SourceError } from '../subgraphs.ts';

/**
 * The composed supergraph's text: the file's, or that of `schema/supergraph.graphql`.
 *
 * @throws SourceError when it is not there.
 */
export function readSupergraph(root: string, file?: string): string {
  if (file !== undefined) return readText(resolve(file));
  const path = join(root, 'schema/supergraph.graphql');
  if (!existsSync(path)) throw new SourceError(`${path} is missing; graph compose writes it.`);
  return readText(path);
}
