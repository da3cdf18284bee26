import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SharedParts, SubgraphDefinition } from '@tributary/service-kit';
import type { LocalOptions } from './options.ts';

const SUBGRAPHS = new URL('../../subgraphs/', import.meta.url);

/** A server that takes the place of an outside service which a subgraph calls. */
export interface StandIn {
  /** Where it answers when ports are fixed. */
  port: number;
  /** What it keeps in the data folder. */
  files: readonly string[];
  start(
    options: Pick<LocalOptions, 'dataFolder' | 'logLevel'> & {
      host: string;
      /** 0 takes a free port. */
      port: number;
      secret(use: string): string;
      publicUrl: string;
    },
    shared: Pick<SharedParts, 'logDestination'>,
  ): Promise<{ url: string; stop(): Promise<void> }>;
}

/** A subgraph's package: its definition; its stand-in and the demo users to print, where it has them. */
export interface SubgraphPackage {
  subgraph: SubgraphDefinition;
  standIn?: StandIn;
  demoUsers?: readonly { email: string; password: string; roles: readonly string[] }[];
}

/** Every folder of `subgraphs/` with a schema, so that a new one needs no word here. `_template` is not one. */
export function findSubgraphs(): Promise<SubgraphPackage[]> {
  const names = readdirSync(fileURLToPath(SUBGRAPHS)).filter(
    (name) => !name.startsWith('_') && existsSync(new URL(`${name}/schema.graphql`, SUBGRAPHS)),
  );
  return Promise.all(names.sort().map((name) => import(new URL(`${name}/src/index.ts`, SUBGRAPHS).href)));
}
