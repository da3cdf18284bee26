/** What a subgraph is asked, and for whom. */
export interface SubgraphRequest {
  readonly subgraph: string;
  readonly query: string;
  /** JSON text of the object of variables. */
  readonly variables: string;
  /** Of the entities that it is for, or of the root. */
  readonly types: readonly string[];
  /** How many representations each `_entities` field of the query was given, by its key; undefined: root fields. */
  readonly entities: ReadonlyMap<string, number> | undefined;
  /** Of the response, that wait for the entities; 0 for root fields. */
  readonly places: number;
  /** The body of an answer that need not be read when it comes again. */
  readonly expected?: Buffer | undefined;
}
