import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SubgraphDefinition } from '@tributary/service-kit';

const SUBGRAPHS = new URL('../../subgraphs/', import.meta.url);

/** A subgraph's package: its definition, and the demo users where it has some to print. */
export interface SubgraphPackage {
  subgraph: SubgraphDefinition;
  demoUsers?: readonly { email: string; password: string; roles: readonly string[] }[];
}

/** Every folder of `subgraphs/` with a schema, so that a new one needs no word here. `_template` is not one. */
export function findSubgraphs(): Promise<SubgraphPackage[]> {
  const names = readdirSync(fileURLToPath(SUBGRAPHS)).filter(
    (name) => !name.startsWith('_') && existsSync(new URL(`${name}/schema.graphql`, SUBGRAPHS)),
  );
  return Promise.all(names.sort().map((name) => import(new URL(`${name}/src/index.ts`, SUBGRAPHS).href)));
}
