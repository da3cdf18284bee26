/**
 * A connection that somebody needs, so that the policies have to let it through. Ends inside of the graph have their short
 * names (`users`, `postgres`, `helm-test`), ends outside of it those that platform-edges.ts gives them.
 */
export interface Edge {
  readonly source: string;
  readonly destination: string;
  /** The container's port, not the Service's. */
  readonly port: number;
  /** Default TCP. */
  readonly protocol?: 'UDP';
}

/**
 * What of the values decides which connections there are.
 *
 * - `mesh`: istio.enabled
 * - `ingress`: ingress.enabled
 * - `postgres`, `nats`, `sandboxProvider`: their `enabled`; without it, one outside is used
 * - `redis`: redis.enabled
 * - `migrationHook`: migrations.mode hook
 * - `tracing`: tracing.enabled, to a collector outside
 * - `observability`: observability.enabled, all of it bundled
 * - `smtp`: email.transport smtp
 * - `externalIssuer`: the gateway takes tokens of an issuer outside
 */
export type Setting =
  | 'mesh'
  | 'ingress'
  | 'postgres'
  | 'nats'
  | 'redis'
  | 'sandboxProvider'
  | 'migrationHook'
  | 'tracing'
  | 'observability'
  | 'smtp'
  | 'externalIssuer';

/** Edges from each source to each destination, for one reason. */
export interface EdgeGroup {
  readonly reason: string;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly port: number;
  readonly protocol?: 'UDP';
  /** What each setting named here is, when the edges are there; all others do not matter. */
  readonly when?: Readonly<Partial<Record<Setting, boolean>>>;
}
