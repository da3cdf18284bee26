/** Where supergraphs come from. */
export interface SupergraphSource {
  /** As its operator knows it, without credentials. */
  readonly name: string;
  /**
   * Nothing where it is the same as when it was last read.
   *
   * @throws SourceError
   */
  read(signal: AbortSignal): Promise<string | undefined>;
  /** Calls `changed` whenever it may have changed, until what it gives is called. Without it, it is only polled. */
  watch?(changed: () => void): () => void;
}

/** A source gave no text. The message names the source and the reason, never what it gave instead. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** A supergraph of 3,000 fields has less than 1 MiB. */
export const MAX_SUPERGRAPH_BYTES = 32 * 1024 ** 2;
