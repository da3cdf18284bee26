/** What one request may cost behind the gateway, whichever server it came through. Each has to be 1 or more. */
export interface ExecutionLimits {
  /** Fetches of a plan. */
  readonly planFetches: number;
  /** Fetches of a plan that wait for each other. */
  readonly planDepth: number;
  /** Representations that one request to a subgraph carries; more of them go in several requests. */
  readonly entitiesPerFetch: number;
  /** Representations in all requests to subgraphs. */
  readonly entities: number;
  /** Bytes of all subgraphs' answers. */
  readonly subgraphBytes: number;
}

/** Why so many, and not more: docs/adr/0024. */
export const EXECUTION_LIMITS: ExecutionLimits = {
  planFetches: 50,
  planDepth: 20,
  entitiesPerFetch: 500,
  entities: 10_000,
  subgraphBytes: 64 * 1024 ** 2,
};
