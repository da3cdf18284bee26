import { elementsOf } from '@tributary/service-kit/sdl';
import type { ASTNode } from 'graphql';
import { parentOf } from '../diff/explain-removals.ts';
import type { SubgraphSide } from '../diff/graph-side.ts';
import type { Finding } from '../finding.ts';
import { placeAt } from '../sdl/place-at.ts';

export type Place = Pick<Finding, 'subgraph' | 'file' | 'line' | 'column' | 'source'>;

type PlacesBySubgraph = Map<string, Map<string, Place>>;

/** Where subgraphs define what a coordinate names. */
export class Places {
  readonly #places: PlacesBySubgraph = new Map();
  readonly #deprecations: PlacesBySubgraph = new Map();

  constructor(subgraphs: readonly SubgraphSide[]) {
    for (const { name, document } of subgraphs) {
      for (const [coordinate, { node, directives }] of elementsOf(document)) {
        // A description stands above what it is of.
        add(this.#places, coordinate, name, 'name' in node ? node.name : undefined);
        const deprecated = directives.find((directive) => directive.name.value === 'deprecated');
        add(this.#deprecations, coordinate, name, deprecated);
      }
    }
  }

  /** In one of `subgraphs` where they are named; else in the first that has it. */
  of(coordinate: string, subgraphs: readonly string[]): Place | undefined {
    return placeIn(this.#places.get(coordinate), subgraphs);
  }

  /** Of its `@deprecated`, by the same choice. */
  deprecationOf(coordinate: string, subgraphs: readonly string[]): Place | undefined {
    return placeIn(this.#deprecations.get(coordinate), subgraphs);
  }

  /** Of the coordinate, or of what it is part of. */
  nearest(coordinate: string, subgraphs: readonly string[]): Place | undefined {
    const parent = parentOf(coordinate);
    return this.of(coordinate, subgraphs) ?? (parent === coordinate ? undefined : this.nearest(parent, subgraphs));
  }
}

function add(places: PlacesBySubgraph, coordinate: string, subgraph: string, node: ASTNode | undefined): void {
  if (node?.loc === undefined) return;
  const known = places.get(coordinate) ?? new Map<string, Place>();
  places.set(coordinate, known.set(subgraph, { subgraph, ...placeAt(node.loc.source, node.loc.startToken) }));
}

const placeIn = (known: ReadonlyMap<string, Place> | undefined, subgraphs: readonly string[]): Place | undefined =>
  subgraphs.map((name) => known?.get(name)).find((place) => place !== undefined) ?? known?.values().next().value;
