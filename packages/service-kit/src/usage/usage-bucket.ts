/**
 * How often one client used what with one document within one hour: names of the schema and of the client, and counts.
 * Never a value that anybody sent: no literal, no variable, no token, no user.
 */
export interface UsageBucket {
  /** Start of the hour (UTC) in which the gateway handed the counts to the store: at most a flush after the requests. */
  readonly hour: Date;
  /** The version line that was asked; '' where lines are not routed. */
  readonly line: string;
  /** As the client calls itself; `unknown` where it does not, `other` for what no gateway had room to tell apart. */
  readonly client: string;
  /** The client's version as it says; '' where it does not. */
  readonly version: string;
  /** The operation's name; '' where it has none. */
  readonly operation: string;
  /** See `documentHash`; '' for the client `other`. */
  readonly document: string;
  /** Requests by schema coordinate: `Type.field` used by 12. */
  readonly coordinates: ReadonlyMap<string, number>;
}

/** The buckets of all hours that were read, for one coordinate. */
export interface UsageTotal extends Omit<UsageBucket, 'hour' | 'coordinates'> {
  readonly coordinate: string;
  /** Requests. */
  readonly count: number;
  /** The first and the last hour with any. */
  readonly first: Date;
  readonly last: Date;
}
