import type { Change, Layer, LayeredChange } from './change.ts';
import { compareApplied } from './compare-applied.ts';
import { compareFederation, type Surroundings } from './compare-federation.ts';
import { compareSchemas } from './compare-schemas.ts';
import { type GraphSide, ownersOf, type SubgraphSide, schemaOf } from './graph-side.ts';

/**
 * What changed from one graph to another, in each layer: subgraphs, supergraph, API and version lines. A change that
 * several layers show is one, with all of them. Where one side does not compose, its subgraphs alone are compared.
 */
export function compareGraphs(before: GraphSide, after: GraphSide): LayeredChange[] {
  const found = new Merged();
  const [old, now] = [before, after].map(({ subgraphs }) => new Map(subgraphs.map((each) => [each.name, each]))) as [
    Map<string, SubgraphSide>,
    Map<string, SubgraphSide>,
  ];
  const owners = ownersOf(after.subgraphs);
  for (const [name, subgraph] of now) {
    const was = old.get(name);
    if (was === undefined) continue;
    found.add(compareSubgraphs(was, subgraph, surroundingsOf(name, owners, now)), 'subgraph', { subgraph: name });
  }
  found.add(compareMembership(old, now), 'supergraph');
  found.add(compareOwners(ownersOf(before.subgraphs), owners), 'supergraph');
  if (before.composed === undefined || after.composed === undefined) return found.changes();

  const [was, is] = [before.composed, after.composed];
  const [oldTypes, nowTypes] = [schemaOf(was.supergraph), schemaOf(is.supergraph)];
  if (oldTypes && nowTypes) found.add(compareSchemas(oldTypes, nowTypes), 'supergraph');
  found.add(compareApplied(was.supergraph, is.supergraph), 'supergraph');
  found.add(compareSchemas(was.api, is.api), 'api');
  for (const [major, line] of is.lines) {
    const known = was.lines.get(major);
    if (known !== undefined) found.add(compareSchemas(known.api, line.api), 'line', { line: major });
  }
  return found.changes();
}

function* compareSubgraphs(was: SubgraphSide, is: SubgraphSide, surroundings: Surroundings): Generator<Change> {
  const [old, now] = [schemaOf(was.document), schemaOf(is.document)];
  if (old !== undefined && now !== undefined) yield* compareSchemas(old, now);
  yield* compareApplied(was.document, is.document);
  yield* compareFederation(was.document, is.document, surroundings);
}

const surroundingsOf = (
  name: string,
  owners: ReadonlyMap<string, ReadonlySet<string>>,
  subgraphs: ReadonlyMap<string, unknown>,
): Surroundings => ({
  isResolvedElsewhere: (coordinate) => [...(owners.get(coordinate) ?? [])].some((owner) => owner !== name),
  subgraphs: new Set(subgraphs.keys()),
});

function* compareMembership(
  before: ReadonlyMap<string, SubgraphSide>,
  after: ReadonlyMap<string, SubgraphSide>,
): Generator<Change> {
  for (const name of before.keys()) {
    if (after.has(name)) continue;
    yield { code: 'SUBGRAPH_REMOVED', coordinate: name, message: `The subgraph ${name} is removed.`, uses: [] };
  }
  for (const [name, { url }] of after) {
    const was = before.get(name);
    if (was === undefined) {
      yield { code: 'SUBGRAPH_ADDED', coordinate: name, message: `The subgraph ${name} is added.`, uses: [] };
    } else if (was.url !== url) {
      const message = `The subgraph ${name} is at ${url}, and was at ${was.url}.`;
      yield { code: 'SUBGRAPH_URL_CHANGED', coordinate: name, message, uses: [] };
    }
  }
}

type Owners = ReturnType<typeof ownersOf>;

function* compareOwners(before: Owners, now: Owners): Generator<Change> {
  for (const [coordinate, was] of before) {
    const is = now.get(coordinate);
    if (is === undefined || is.size === 0 || was.isSubsetOf(is)) continue;
    const message = `${coordinate} is resolved by ${named(is)}, and was by ${named(was)}.`;
    yield { code: 'OWNER_MOVED', coordinate, message, uses: [coordinate] };
  }
}

const named = (names: ReadonlySet<string>) => [...names].sort().join(' and ');

interface Place {
  subgraph?: string;
  line?: number;
}

/** Changes by what changed: code, coordinate and detail. */
class Merged {
  readonly #found = new Map<
    string,
    { change: Change; layers: Set<Layer>; subgraphs: Set<string>; lines: Set<number> }
  >();

  add(changes: Iterable<Change>, layer: Layer, { subgraph, line }: Place = {}): void {
    for (const change of changes) {
      const key = `${change.code} ${change.coordinate} ${change.detail ?? ''}`;
      const known = this.#found.get(key);
      const entry = known ?? { change, layers: new Set(), subgraphs: new Set(), lines: new Set() };
      this.#found.set(key, entry);
      // What clients see says it best.
      if (layer === 'api') entry.change = change;
      entry.layers.add(layer);
      if (subgraph !== undefined) entry.subgraphs.add(subgraph);
      if (line !== undefined) entry.lines.add(line);
    }
  }

  changes(): LayeredChange[] {
    return [...this.#found.values()].map(({ change, layers, subgraphs, lines }) => ({
      ...change,
      layers: [...layers],
      subgraphs: [...subgraphs],
      lines: [...lines],
    }));
  }
}
