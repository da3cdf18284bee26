import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SourceError } from '../subgraphs.ts';
import { loadEvents } from './event-catalogue.ts';
import { loadModule } from './load-module.ts';

/** What a subgraph's folder declares, beside its schema. */
export interface Declaration {
  /** Services that it asks in its own name. */
  calls: readonly string[];
  /** Whether it says or hears events. */
  broker: boolean;
  /** Whether it has migrations. */
  database: boolean;
}

/** Where a subgraph's definition is, relative to the root. */
export const definitionFile = (name: string) => `subgraphs/${name}/src/subgraph.ts`;

/**
 * What `subgraphs/<name>` declares. Where it has no `src/subgraph.ts` (it is written elsewhere), it calls nobody.
 *
 * @throws SourceError with the place when its definition or its events cannot be loaded.
 */
export async function loadDeclaration(root: string, name: string): Promise<Declaration> {
  const events = await loadEvents(root, name);
  return {
    calls: existsSync(join(root, definitionFile(name))) ? await loadCalls(root, name) : [],
    broker: events !== undefined && events.says.length + events.hears.length > 0,
    database: existsSync(join(root, 'subgraphs', name, 'migrations')),
  };
}

async function loadCalls(root: string, name: string): Promise<readonly string[]> {
  const file = definitionFile(name);
  const { subgraph } = await loadModule(root, file);
  const refuse = (message: string) =>
    new SourceError({ severity: 'error', code: 'SUBGRAPH_NOT_LOADED', message, subgraph: name, file });
  if (typeof subgraph !== 'object' || subgraph === null) throw refuse('It exports no definition called subgraph.');
  const { name: ownName, calls = [] } = subgraph as { name?: unknown; calls?: unknown };
  // The name is what others know it by: its calls are signed with it.
  if (ownName !== name) throw refuse(`The definition's name is ${String(ownName)}, and the folder's is ${name}.`);
  if (!Array.isArray(calls) || !calls.every((each) => typeof each === 'string'))
    throw refuse('calls: expected a list of services.');
  return calls;
}
