export interface BreakerOptions {
  enabled: boolean;
  /** Of the fetches in the window, from 0 to 1, that have to fail. */
  failureShare: number;
  /** With fewer fetches in the window nothing is concluded. */
  minimumFetches: number;
  windowMs: number;
}

/** How a subgraph's failures are met. */
export interface ResilienceOptions {
  breaker: BreakerOptions;
  /** Fetches that may be sent once more, as a share of all that a subgraph is sent; 0: none. */
  retryShare: number;
}

/** Eight: so many fetches the overload gate lets pass at once to a subgraph that hangs. */
export const defaultResilience: ResilienceOptions = {
  breaker: { enabled: true, failureShare: 0.5, minimumFetches: 8, windowMs: 10_000 },
  retryShare: 0.1,
};
