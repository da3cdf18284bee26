import type { Finding } from '../finding.ts';
import type { UsedGraph } from './read-used-graph.ts';
import type { Usage } from './usage.ts';

/** What a question to `graph usage` is answered from. */
export interface UsageQuestion {
  readonly usage: Usage;
  readonly graph: UsedGraph;
  /** `since 2026-09-18`. */
  readonly since: string;
}

/** An answer, for each kind of reader. */
export interface UsageAnswer {
  /** For a person: a table each, with its titles. */
  readonly tables: readonly string[];
  /** For a program, beside the report. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The rows as findings, for formats that know nothing else. */
  readonly rows: readonly Finding[];
  readonly summary: string;
}
