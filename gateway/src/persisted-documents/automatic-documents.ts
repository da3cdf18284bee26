import { BoundedCache } from '../bounded-cache.ts';

const MAX_DOCUMENTS = 10_000;
/** Entry, key and strings' heads. */
const OVERHEAD_BYTES = 256;

/**
 * Texts by their SHA-256, as clients have registered them. Texts hang on no schema: one store serves all generations.
 * Only what a request was executed for gets in, so nobody fills it with what is no document of this graph.
 */
export class AutomaticDocuments {
  readonly #texts: BoundedCache<string>;

  constructor(maxBytes: number) {
    this.#texts = new BoundedCache(maxBytes, MAX_DOCUMENTS);
  }

  get size(): number {
    return this.#texts.size;
  }

  get(hash: string): string | undefined {
    return this.#texts.get(hash);
  }

  /** Whether it was not there before. @param hash the text's, which the caller has checked */
  add(hash: string, text: string): boolean {
    if (this.#texts.get(hash) !== undefined) return false;
    // Two bytes a character, as a text that is not Latin takes.
    this.#texts.set(hash, text, 2 * text.length + OVERHEAD_BYTES);
    return true;
  }
}
