import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding } from '../finding.ts';
import { SourceError } from '../subgraphs.ts';

/**
 * What a subgraph's module exports.
 *
 * @param file relative to the root: `subgraphs/users/src/events.ts`
 * @throws SourceError with the place when it cannot be loaded.
 */
export async function loadModule(root: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(join(root, file)).href);
  } catch (error) {
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new SourceError({
      severity: 'error',
      code: 'SUBGRAPH_NOT_LOADED',
      message: `It cannot be loaded: ${message}`,
      file,
      ...placeOf(error, root),
    });
  }
}

/** The first of the subgraphs' own files that the error's stack names. */
function placeOf(error: unknown, root: string): Pick<Finding, 'file' | 'line' | 'column'> {
  const folder = join(root, 'subgraphs/');
  for (const text of String((error as Error | undefined)?.stack).split('\n')) {
    const start = text.indexOf(folder);
    const [, path, line, column] = /^([^:()]+):(\d+)(?::(\d+))?/.exec(text.slice(start + folder.length)) ?? [];
    if (start < 0 || path === undefined || path.includes('node_modules/')) continue;
    return {
      file: `subgraphs/${path}`,
      line: Number(line),
      ...(column === undefined ? {} : { column: Number(column) }),
    };
  }
  return {};
}
