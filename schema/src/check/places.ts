import type { ASTNode } from 'graphql';
import { parentOf } from '../diff/explain-removals.ts';
import type { SubgraphSide } from '../diff/graph-side.ts';
import type { Finding } from '../finding.ts';
import { elementsOf } from '../sdl/elements.ts';

export type Place = Pick<Finding, 'subgraph' | 'file' | 'line' | 'column' | 'source'>;

/** Where subgraphs define what a coordinate names. */
export class Places {
  readonly #places = new Map<string, Map<string, Place>>();

  constructor(subgraphs: readonly SubgraphSide[]) {
    for (const { name, document } of subgraphs) {
      for (const [coordinate, { node }] of elementsOf(document)) {
        const place = placeOf(name, node);
        if (place === undefined) continue;
        const known = this.#places.get(coordinate) ?? new Map<string, Place>();
        this.#places.set(coordinate, known.set(name, place));
      }
    }
  }

  /** In one of `subgraphs` where they are named; else in the first that has it. */
  of(coordinate: string, subgraphs: readonly string[]): Place | undefined {
    const known = this.#places.get(coordinate);
    if (known === undefined) return undefined;
    return subgraphs.map((name) => known.get(name)).find((place) => place !== undefined) ?? known.values().next().value;
  }

  /** Of the coordinate, or of what it is part of. */
  nearest(coordinate: string, subgraphs: readonly string[]): Place | undefined {
    const parent = parentOf(coordinate);
    return this.of(coordinate, subgraphs) ?? (parent === coordinate ? undefined : this.nearest(parent, subgraphs));
  }
}

function placeOf(subgraph: string, node: ASTNode): Place | undefined {
  const name = 'name' in node ? node.name : undefined;
  // A description stands above what it is of.
  const loc = (name as ASTNode | undefined)?.loc;
  if (loc === undefined) return undefined;
  const { line, column } = loc.startToken;
  const source = loc.source.body.split('\n', line).at(-1);
  return { subgraph, file: loc.source.name, line, column, ...(source === undefined ? {} : { source }) };
}
