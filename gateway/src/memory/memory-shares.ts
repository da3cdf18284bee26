const MIB = 1024 ** 2;

/** What may be kept in memory, in bytes. Of each supergraph: while one takes the place of another there are two. */
export interface MemoryShares {
  /** What all of it is measured by: the memory that the process may take. Infinity where nothing limits it. */
  readonly processBytes: number;
  /** Parsed documents, of each supergraph. */
  readonly documents: number;
  /** Refusals of documents, of each supergraph. */
  readonly refusals: number;
  /** Plans, of each supergraph. */
  readonly plans: number;
  /** Recorded executions, of each supergraph (docs/adr/0017). */
  readonly recordings: number;
  /** Texts of automatic persisted documents. */
  readonly persisted: number;
  /** Documents that are held only because their use is counted. */
  readonly counted: number;
  /** Access tokens that were verified. */
  readonly tokens: number;
}

/**
 * Of the process's memory, and at most: what larger caches gain is not worth it.
 *
 * All of them filled, with two supergraphs, are a quarter: half of the heap that Node makes of a container's memory, though
 * recordings are mostly outside of it. The other half is for requests and for what is always there (55 MiB).
 */
const SHARES = {
  documents: { of: 1 / 32, mostMiB: 64 },
  refusals: { of: 1 / 256, mostMiB: 8 },
  plans: { of: 1 / 32, mostMiB: 64 },
  recordings: { of: 1 / 32, mostMiB: 32 },
  persisted: { of: 1 / 64, mostMiB: 8 },
  counted: { of: 1 / 32, mostMiB: 64 },
  tokens: { of: 1 / 64, mostMiB: 16 },
} as const;

/**
 * How the memory of a process is shared out.
 *
 * @param processBytes as `processMemory` tells
 */
export function memoryShares(processBytes: number): MemoryShares {
  const share = (name: keyof typeof SHARES) =>
    Math.floor(Math.min(SHARES[name].mostMiB * MIB, processBytes * SHARES[name].of));
  return {
    processBytes,
    documents: share('documents'),
    refusals: share('refusals'),
    plans: share('plans'),
    recordings: share('recordings'),
    persisted: share('persisted'),
    counted: share('counted'),
    tokens: share('tokens'),
  };
}
