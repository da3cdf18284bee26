import type { OperationName } from '../operations.ts';

export type ContenderName = 'stock' | 'hive' | 'hive-rust' | 'drop-in' | 'tributary';

/** What a gateway is started with. */
export interface Setup {
  readonly port: number;
  /** File of the composed supergraph. */
  readonly supergraph: string;
  /** For what else it needs to have in a file. */
  readonly folder: string;
  /** Whose tokens it accepts. */
  readonly tokens: { readonly issuer: string; readonly audience: string; readonly jwks: string };
  /** In-flight sharing, of inbound queries and of subgraph requests; off: none of any kind. */
  readonly sharing: boolean;
}

export interface Command {
  /** For Node. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A gateway that is measured. */
export interface Contender {
  readonly name: ContenderName;
  readonly title: string;
  /** Whether it can share what is in flight, and so has rows with it on. */
  readonly canShare: boolean;
  /** It is not in the workspace's lockfile, but in bench/contenders. */
  readonly installed: boolean;
  /** Requests to subgraphs that one operation takes. `--quick` asserts it. */
  readonly subgraphRequests: Readonly<Record<OperationName, number>>;
  command(setup: Setup): Command;
}
