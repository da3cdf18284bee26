import type { ChangeCode } from './change-kinds.ts';

/** Where a change shows. Clients see the API, or one of its version lines. */
export type Layer = 'subgraph' | 'supergraph' | 'api' | 'line';

/** One difference between two schemas. */
export interface Change {
  readonly code: ChangeCode;
  /** Schema coordinate of what changed; a subgraph's name where the subgraph itself did. */
  readonly coordinate: string;
  /** A sentence. */
  readonly message: string;
  /** Tells several changes of one kind at one coordinate apart: the member of a union, say. */
  readonly detail?: string;
  /** Schema coordinates: who uses one of them is affected. Nothing for what no document shows. */
  readonly uses: readonly string[];
}

/** The same change in every layer that shows it. */
export interface LayeredChange extends Change {
  readonly layers: readonly Layer[];
  /** Whose SDL shows it. */
  readonly subgraphs: readonly string[];
  /** The version lines that show it, by major. */
  readonly lines: readonly number[];
}
