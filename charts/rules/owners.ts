import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who is told of what: teams by the folder that they own, from CODEOWNERS. */
export interface Owners {
  /** Every team, in alphabetical order. */
  readonly teams: readonly string[];
  /** The team that owns what nobody else does. */
  readonly fallback: string;
  /** The team of a service (`gateway`, a subgraph), `schema`, or a server that services depend on; else the fallback. */
  of(service: string): string;
  /** Prometheus' template for the team of the service that a label names. A service without owners has the fallback. */
  template(label: string): string;
}

/** Servers that `external_service_up` names, by the service whose team knows what to do about them. */
const DEPENDENCIES = {
  documents: 'gateway',
  jwks: 'users',
  'payment-provider': 'payments',
  redis: 'gateway',
  smtp: 'notifications',
  supergraph: 'gateway',
};

/** @throws Error when CODEOWNERS has no line for `*` */
export function readOwners(root: string): Owners {
  return parseOwners(readFileSync(join(root, 'CODEOWNERS'), 'utf8'));
}

/** Of a line, the first owner is told: `/subgraphs/orders/ @tributary/orders`. The last line about a path counts. */
export function parseOwners(codeowners: string): Owners {
  const teamOf = new Map<string, string>();
  let fallback: string | undefined;
  for (const line of codeowners.split('\n')) {
    const [path, owner] = line.trim().split(/\s+/);
    const team = owner?.split('/').at(-1)?.replace(/^@/, '');
    if (path === undefined || path.startsWith('#') || team === undefined) continue;
    if (path === '*') fallback = team;
    const folder = /^\/?(?:subgraphs\/)?([a-z][a-z0-9_-]*)\/$/.exec(path)?.[1];
    if (folder !== undefined) teamOf.set(folder, team);
  }
  if (fallback === undefined) throw new Error('CODEOWNERS has no line for *: nobody is told of what has no owner');
  const everybody = fallback;
  for (const [server, service] of Object.entries(DEPENDENCIES)) {
    const team = teamOf.get(service);
    if (team !== undefined) teamOf.set(server, team);
  }
  return {
    teams: [...new Set([...teamOf.values(), everybody])].sort(),
    fallback: everybody,
    of: (service) => teamOf.get(service) ?? everybody,
    template: (label) => template(label, teamOf, everybody),
  };
}

function template(label: string, teamOf: ReadonlyMap<string, string>, fallback: string): string {
  const byTeam = Map.groupBy(teamOf, ([, team]) => team);
  byTeam.delete(fallback);
  const cases = [...byTeam].sort().map(([team, services]) => {
    const names = services.map(([name]) => `"${name}"`).sort();
    return `if eq $labels.${label} ${names.join(' ')} }}${team}{{ else `;
  });
  return cases.length === 0 ? fallback : `{{ ${cases.join('').trimEnd()} }}${fallback}{{ end }}`;
}
