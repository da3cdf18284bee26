/** Where a subgraph is subscribed to (`subgraphs.<name>.subscriptions`). */
export interface UpstreamOptions {
  readonly protocol: 'ws' | 'sse';
  /** `ws://` or `wss://` for `ws`, `http://` or `https://` for `sse`. */
  readonly url: string;
}

export interface UpstreamRequest {
  readonly url: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  /** Made anew for each connection: who asks, and for whom. */
  headers(): Promise<Record<string, string>>;
  /** Of one message. */
  readonly maxBytes: number;
}

/** Is told what a subgraph says. */
export interface UpstreamSink {
  /** A connection is there: for the first time, or again. */
  connected(): void;
  next(payload: unknown): void;
  /** The subgraph refuses it, with errors of GraphQL. */
  refused(errors: readonly unknown[]): void;
  complete(): void;
  /** There is no connection, and will be none. */
  failed(cause: unknown): void;
}

/** Subscribes. @returns what ends it */
export type OpenUpstream = (request: UpstreamRequest, sink: UpstreamSink) => () => void;

/** A connection that is lost is made anew so often without anything coming over it. */
export const RECONNECTS = 5;

/** Request Timeout, Too Early, Too Many Requests: the same may be taken later. */
const TRY_LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether a status in place of a connection would be the same if it were asked for again; a redirect is not followed. */
export const isFinalStatus = (status: number): boolean => status >= 300 && status < 500 && !TRY_LATER.has(status);

/** Until a connection is there. */
export const CONNECT_MS = 5000;
const FIRST_WAIT_MS = 200;

/** Doubled each time, and spread, so that all gateways do not come back at once. */
export async function waitForRetry(retries: number): Promise<void> {
  const ms = FIRST_WAIT_MS * 2 ** retries * (0.5 + Math.random());
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
