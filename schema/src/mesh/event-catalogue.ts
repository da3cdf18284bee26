import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventDefinition } from '@tributary/service-kit';
import { loadModule } from './load-module.ts';

type Definition = EventDefinition<unknown>;

/** The events that one subgraph's `src/events.ts` defines. */
export interface EventsOfSubgraph {
  name: string;
  /** Of types that begin with its name. */
  says: readonly Definition[];
  /** Of other services' types, with the fields that it reads. */
  hears: readonly Definition[];
}

/**
 * Every subgraph that has a `src/events.ts`, by name. `_template` is not one.
 *
 * @throws SourceError with the place when one cannot be loaded.
 */
export async function loadEventCatalogue(root: string): Promise<EventsOfSubgraph[]> {
  const names = readdirSync(join(root, 'subgraphs')).filter((name) => !name.startsWith('_'));
  const catalogue = await Promise.all(names.sort().map((name) => loadEvents(root, name)));
  return catalogue.filter((events) => events !== undefined);
}

/** What the folder `subgraphs/<name>` says and hears; nothing where it has no `src/events.ts`. */
export async function loadEvents(root: string, name: string): Promise<EventsOfSubgraph | undefined> {
  const file = `subgraphs/${name}/src/events.ts`;
  return existsSync(join(root, file)) ? eventsOf(name, await loadModule(root, file)) : undefined;
}

/** @param exported what its `src/events.ts` exports; what is no definition of an event does not count */
export function eventsOf(name: string, exported: Readonly<Record<string, unknown>>): EventsOfSubgraph {
  const definitions = Object.values(exported).filter(isDefinition);
  const [says, hears] = [true, false].map((own) =>
    definitions.filter(({ type }) => type.startsWith(`${name}.`) === own).sort((a, b) => (a.type < b.type ? -1 : 1)),
  ) as [Definition[], Definition[]];
  return { name, says, hears };
}

/** Names of the subgraphs that hear a type. */
export const consumersOf = (catalogue: readonly EventsOfSubgraph[], type: string): string[] =>
  catalogue.filter(({ hears }) => hears.some((heard) => heard.type === type)).map(({ name }) => name);

const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'data' in value;
