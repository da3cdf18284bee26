import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type RestFolder, readRestFolder } from '@tributary/rest';
import { ConfigError } from '@tributary/service-kit';
import { SourceError } from '../subgraphs.ts';

/** Relative to the root. */
export const REST_FOLDER = 'schema/rest';

/**
 * The routes of a repository; undefined where it has none.
 *
 * @throws SourceError for a file that is no route
 */
export function readRoutes(root: string): RestFolder | undefined {
  const folder = join(root, REST_FOLDER);
  if (!existsSync(folder)) return undefined;
  try {
    return readRestFolder(folder);
  } catch (error) {
    throw error instanceof ConfigError ? new SourceError(`${REST_FOLDER}: ${error.message}`) : error;
  }
}
