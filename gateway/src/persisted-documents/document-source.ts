import type { TrustedDocument } from './trusted-documents.ts';

/** Where trusted documents come from. */
export interface DocumentSource {
  /** As its operator knows it, without credentials. */
  readonly name: string;
  /** Whether an operator's mistake alone can explain that there is nothing: then the gateway does not start. */
  readonly isLocal: boolean;
  /**
   * All of them; nothing where they are the same as when they were read last.
   *
   * @throws SourceError
   */
  read(signal: AbortSignal): Promise<TrustedDocument[] | undefined>;
  /** Calls `changed` whenever they may have changed, until what it gives is called. Without it, it is only polled. */
  watch?(changed: () => void): () => void;
}
