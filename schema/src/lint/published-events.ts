import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../read-text.ts';
import { SourceError } from '../subgraphs.ts';
import type { LintSubgraph } from './lint-subgraph.ts';

/** Names of the fields of an event's data; undefined where its schema does not list them. */
export type DataFields = ReadonlySet<string> | undefined;

/**
 * The events that subgraphs publish, by type, as `subgraphs/<name>/events/<type>.json` says. Empty where no subgraph has
 * that folder: it is written elsewhere.
 *
 * @throws SourceError for a file that is no JSON.
 */
export function publishedEvents(subgraphs: readonly LintSubgraph[]): ReadonlyMap<string, DataFields> {
  const folders = subgraphs.map(({ sourceFolder }) => join(sourceFolder, '../events')).filter(existsSync);
  const files = folders.flatMap((folder) =>
    readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [{ folder, file }] : [])),
  );
  return new Map(files.map(({ folder, file }) => [file.replace(/\.json$/, ''), dataFieldsIn(join(folder, file))]));
}

function dataFieldsIn(file: string): DataFields {
  const data = schemaIn(file).properties?.data?.properties;
  return data && new Set(Object.keys(data));
}

interface EventSchema {
  properties?: { data?: { properties?: object } };
}

function schemaIn(file: string): EventSchema {
  try {
    return JSON.parse(readText(file));
  } catch (error) {
    throw error instanceof SyntaxError ? new SourceError(`${file} is no JSON.`) : error;
  }
}
