/** What the set-up is told, as JSON that the chart writes. */
export interface LogSettings {
  /** The data stream: `logs-<graph>-<environment>`. */
  stream: string;
  /** The data stream of what was rejected: `logs-<graph>.rejected-<environment>`. */
  rejectedStream: string;
  /** Primary shards of a backing index. */
  shards: number;
  /** Copies of each shard besides the first. */
  copies: number;
  retention: Retention;
  /** Absent: no snapshots. */
  snapshots?: Snapshots;
  /** Users that are made with a password of the environment; absent where somebody else cares for users. */
  users?: Users;
}

/** Durations as Elasticsearch writes them: `1d`, `12h`. */
export interface Retention {
  /** An index gets a successor when it is so old, or a primary shard of it so large (`30gb`). */
  rolloverAge: string;
  rolloverSize: string;
  /** So long after that it is only read, and merged. Empty: never. */
  warmAfter: string;
  /** So long after that it is deleted. */
  deleteAfter: string;
}

/** Names of users, and of the roles that each of them alone has. */
export interface Users {
  /** Adds lines. */
  writer: string;
  /** Reads lines. */
  reader: string;
  /** Reads the cluster's state. */
  monitor: string;
  /** Keeps traces, in indices of this pattern. */
  traces: string;
  traceIndices: string;
  /** Whether Kibana's own user gets a password. */
  kibana: boolean;
}

export interface Snapshots {
  repository: string;
  /** `s3`, `gcs`, `azure`, `fs`, …, and what that type is told. Empty: the repository is there already. */
  type: string;
  settings: Readonly<Record<string, string>>;
  /** As Elasticsearch's cron: `0 30 1 * * ?`. */
  schedule: string;
  /** Snapshots are deleted after that. */
  expireAfter: string;
}
