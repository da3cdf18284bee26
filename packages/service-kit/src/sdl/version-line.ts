/** In this order: what was generally available is never a preview again, and a retired line stays retired. */
export const LINE_STATES = ['preview', 'ga', 'deprecated', 'retired'] as const;
export type LineState = (typeof LINE_STATES)[number];

/** One major version of the API, as `schema/lines.yaml` has it. */
export interface VersionLine {
  /** From 1. */
  readonly major: number;
  /** SemVer, of this major: the last version that was published. */
  readonly version: string;
  /** Clients are promised nothing of a preview; a deprecated line is served still; a retired one is answered with 410. */
  readonly state: LineState;
  /** `sha256:…`, the digest of the composed supergraph's text with which it was published last; none before the first time. */
  readonly supergraph?: string;
  /** `YYYY-MM-DD`. */
  readonly deprecatedAt?: string;
  /** `YYYY-MM-DD`: from this day on it may be retired. */
  readonly sunsetAt?: string;
}

/** Whether it is served to everybody: a deprecated line is, until it is retired. */
export const isAvailable = (line: VersionLine | undefined): boolean =>
  line?.state === 'ga' || line?.state === 'deprecated';
