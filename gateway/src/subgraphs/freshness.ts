import type { CachePolicy } from '../http/cache-policy.ts';

/** RFC 9111, 1.2.2: a cache takes no more for more. */
const MAX_SECONDS = 2 ** 31 - 1;

/**
 * For how long an answer is fresh that is made of several subgraphs' answers: as long as the one that is so shortest. It
 * is public where all say that they are; and whoever says nothing does not want to be kept.
 */
export class Freshness {
  #maxAgeSeconds = MAX_SECONDS + 1;
  #isPublic = true;

  /** @param cacheControl The `cache-control` header of one of the answers. */
  add(cacheControl: string | undefined): void {
    if (this.#maxAgeSeconds === 0) return;
    let maxAgeSeconds = 0;
    let isPublic = false;
    let mayBeKept = true;
    let mayBeShared = true;
    for (const part of cacheControl?.toLowerCase().split(',') ?? []) {
      const [name, value = ''] = part.trim().split('=', 2);
      if (name === 'max-age') maxAgeSeconds = secondsOf(value);
      else if (name === 'public') isPublic = true;
      else if (name === 'private') mayBeShared = false;
      else if (name === 'no-store' || name === 'no-cache') mayBeKept = false;
    }
    this.#maxAgeSeconds = Math.min(this.#maxAgeSeconds, mayBeKept ? maxAgeSeconds : 0);
    this.#isPublic &&= isPublic && mayBeShared;
  }

  /** @param other Of an answer that this one is, or has in it. */
  include({ policy }: Freshness): void {
    this.#maxAgeSeconds = Math.min(this.#maxAgeSeconds, policy?.maxAgeSeconds ?? 0);
    this.#isPublic &&= policy?.isPublic === true;
  }

  /** Undefined where it must not be kept: a part must not, or nothing was asked of anybody. */
  get policy(): CachePolicy | undefined {
    const maxAgeSeconds = this.#maxAgeSeconds;
    if (maxAgeSeconds === 0 || maxAgeSeconds > MAX_SECONDS) return undefined;
    return { maxAgeSeconds, isPublic: this.#isPublic };
  }
}

const secondsOf = (value: string): number =>
  /^"?\d+"?$/.test(value) ? Math.min(Number(value.replaceAll('"', '')), MAX_SECONDS) : 0;
