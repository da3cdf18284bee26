import { createHash } from 'node:crypto';
import type { CodedError } from '@tributary/service-kit';
import type { DocumentNode } from 'graphql';
import { BoundedCache } from '../bounded-cache.ts';

/** A document that was parsed, and what is known of it. */
export interface KnownDocument {
  readonly source: string;
  readonly document: DocumentNode;
  /** SHA-256 of the source. */
  readonly hash: string;
  /** About how much memory it takes. */
  readonly bytes: number;
  /** What validation found; undefined before it has run. */
  errors?: readonly CodedError[];
}

const MAX_DOCUMENTS = 1000;
/** Measured on documents of applications (370) and on nothing but fields (480): nodes, locations and tokens. */
const BYTES_PER_TOKEN = 450;
/** Of an entry, and of the error with its stack. */
const REFUSAL_BYTES = 2000;

/** Parsed and validated documents by their text; the least recently used go first. One schema has one cache. */
export class DocumentCache {
  readonly #documents = new Map<string, KnownDocument>();
  readonly #maxBytes: number;
  readonly #refusals: BoundedCache<CodedError>;
  #bytes = 0;

  /**
   * @param maxBytes Default 64 MiB.
   * @param refusedBytes For refusals, beside the documents. Default 8 MiB.
   */
  constructor(maxBytes = 64 * 1024 ** 2, refusedBytes = 8 * 1024 ** 2) {
    this.#maxBytes = maxBytes;
    this.#refusals = new BoundedCache(refusedBytes);
  }

  get size(): number {
    return this.#documents.size;
  }

  get(source: string): KnownDocument | undefined {
    const known = this.#documents.get(source);
    if (known !== undefined) {
      this.#documents.delete(source);
      this.#documents.set(source, known);
    }
    return known;
  }

  /** What a document was refused with before it could be added. */
  refusalOf(source: string): CodedError | undefined {
    return this.#refusals.get(source);
  }

  /** So that who sends it again does not have it read again. */
  refuse(source: string, error: CodedError): void {
    // As it is captured, a stack holds on to what its functions were called on: the document's whole tree.
    error.stack = `${error.name}: ${error.message}`;
    this.#refusals.set(source, error, 2 * source.length + REFUSAL_BYTES);
  }

  add(source: string, document: DocumentNode): KnownDocument {
    const bytes = source.length + tokensIn(document) * BYTES_PER_TOKEN;
    const known = { source, document, hash: createHash('sha256').update(source).digest('hex'), bytes };
    this.#documents.set(source, known);
    this.#bytes += bytes;
    for (const oldest of this.#documents.values()) {
      if (this.#documents.size <= MAX_DOCUMENTS && this.#bytes <= this.#maxBytes) break;
      this.#documents.delete(oldest.source);
      this.#bytes -= oldest.bytes;
    }
    return known;
  }
}

function tokensIn({ loc }: DocumentNode): number {
  let count = 0;
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) count++;
  return count;
}
