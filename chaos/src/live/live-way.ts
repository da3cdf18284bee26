import type { Data } from '../load/graph-client.ts';

export interface LiveRequest {
  gatewayUrl: string;
  accessToken: string;
  query: string;
  variables: object;
  /** To go on behind that event; undefined: from now on. */
  lastEventId: string | undefined;
}

/** One result of a subscription, or why there are none. */
export interface LiveResult {
  data?: Data;
  errors?: { extensions?: { code?: string } }[];
}

export interface LiveListener {
  /** Where it begins, for those to whom the gateway tells it: what happens behind that is heard. */
  began(eventId: string): void;
  /** @param eventId undefined where the operation was refused */
  result(result: LiveResult, eventId: string | undefined): void;
}

/**
 * How a client is told of what happens. Resolves when that is over, whoever has ended it: left by the client's `signal`,
 * ended by the gateway, or lost with it.
 */
export type LiveWay = (request: LiveRequest, listener: LiveListener, signal: AbortSignal) => Promise<void>;
