import type { SubgraphSide } from '../diff/graph-side.ts';
import type { Finding, Since } from '../finding.ts';
import { blameLines } from './blame-lines.ts';
import { type Place, Places } from './places.ts';

/** More changes that block are told without it. */
const MAX_CHANGES = 20;

/** Of a change that blocks, where the base has what changed. */
interface Age {
  readonly finding: Finding;
  readonly was: Place;
  readonly deprecation: Place | undefined;
}

/**
 * Findings, where changes that block say since when what they change is in the base, and since when it is deprecated.
 *
 * @param base the commit that the change is compared with, of the repository at `root`
 */
export async function tellSince(
  findings: readonly Finding[],
  before: readonly SubgraphSide[],
  base: { root: string; commit: string },
): Promise<Finding[]> {
  const places = new Places(before);
  const blocking = findings.filter(({ severity, change }) => severity === 'error' && change?.class === 'breaking');
  const ages = blocking.slice(0, MAX_CHANGES).flatMap((finding): Age[] => {
    const { coordinate = '', change } = finding;
    const was = places.of(coordinate, change?.subgraphs ?? []);
    const deprecation = places.deprecationOf(coordinate, change?.subgraphs ?? []);
    return was === undefined ? [] : [{ finding, was, deprecation }];
  });
  const sinceOf = await blamed(base, ages);
  const told = new Map(ages.map((age) => [age.finding, withSince(age, sinceOf)]));
  return findings.map((finding) => told.get(finding) ?? finding);
}

type SinceOf = (place: Place | undefined) => Since | undefined;

/** Git is asked once for each file. */
async function blamed(base: { root: string; commit: string }, ages: readonly Age[]): Promise<SinceOf> {
  const places = ages.flatMap(({ was, deprecation }) => (deprecation === undefined ? [was] : [was, deprecation]));
  const linesOf = Map.groupBy(places, ({ file = '' }) => file);
  const known = new Map<string, ReadonlyMap<number, Since>>();
  for (const [file, own] of linesOf) {
    const lines = new Set(own.flatMap(({ line }) => line ?? []));
    known.set(file, await blameLines(base, file, lines));
  }
  return (place) => known.get(place?.file ?? '')?.get(place?.line ?? 0);
}

function withSince({ finding, was, deprecation }: Age, sinceOf: SinceOf): Finding {
  const { change, message } = finding;
  const [since, deprecatedSince] = [sinceOf(was), sinceOf(deprecation)];
  if (change === undefined || since === undefined) return finding;
  const deprecated = deprecatedSince === undefined ? '' : `; deprecated since ${textOf(deprecatedSince)}`;
  return {
    ...finding,
    message: `${message}\nIn the graph since ${textOf(since)}${deprecated}.`,
    change: { ...change, since, ...(deprecatedSince === undefined ? {} : { deprecatedSince }) },
  };
}

const textOf = ({ day, commit }: Since) => `${day} (${commit.slice(0, 7)})`;
