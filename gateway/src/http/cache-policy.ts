/** For how long an answer may be kept, and by whom. */
export interface CachePolicy {
  readonly maxAgeSeconds: number;
  /** Also by caches that many share. */
  readonly isPublic: boolean;
}
