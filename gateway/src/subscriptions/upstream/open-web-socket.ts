import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { CONNECT_MS, isFinalStatus, type OpenUpstream, RECONNECTS, waitForRetry } from './upstream-connection.ts';

/** A subgraph that is silent for so long is asked whether it is there; and so long it has for its answer. */
const KEEP_ALIVE_MS = 15_000;

/** By graphql-transport-ws, a connection for each subscription. Who asks is in the request that opens it, as in others. */
export const openWebSocket: OpenUpstream = ({ url, query, variables, maxBytes, headers }, sink) => {
  let given: Record<string, string> = {};
  /** Why there is no connection, where it is known: there are no headers, or the subgraph answers with a status. */
  let failure: { readonly cause: unknown; readonly isFinal: boolean } | undefined;
  let socket: WebSocket | undefined;
  class WithHeaders extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, {
        headers: given,
        maxPayload: maxBytes,
        handshakeTimeout: CONNECT_MS,
        followRedirects: false,
        perMessageDeflate: false,
      });
      socket = this;
      this.on('unexpected-response', (_request, { statusCode = 0 }) => {
        failure = { cause: new Error(`the subgraph answers with ${statusCode}`), isFinal: isFinalStatus(statusCode) };
        this.terminate();
      });
      if (failure !== undefined) this.terminate();
    }
  }
  let pong: NodeJS.Timeout | undefined;
  let hasConnected = false;
  const client = createClient({
    // It must not throw: graphql-ws lets that go unhandled, and waits for its connection for ever.
    url: async () => {
      failure = undefined;
      try {
        given = await headers();
      } catch (cause) {
        failure = { cause, isFinal: false };
      }
      return url;
    },
    webSocketImpl: WithHeaders,
    lazy: true,
    keepAlive: KEEP_ALIVE_MS,
    connectionAckWaitTimeout: CONNECT_MS,
    retryAttempts: RECONNECTS,
    retryWait: waitForRetry,
    // Of a subgraph that is being restarted, which for a while takes no connection; one that was never there is refused at once.
    shouldRetry: () => hasConnected && failure?.isFinal !== true,
    on: {
      connected: () => {
        hasConnected = true;
        sink.connected();
      },
      ping: (isReceived) => {
        if (!isReceived) pong = setTimeout(() => socket?.terminate(), KEEP_ALIVE_MS).unref();
      },
      pong: () => clearTimeout(pong),
      closed: () => clearTimeout(pong),
    },
  });
  let hasLeft = false;
  const leave = client.subscribe(
    { query, variables },
    {
      next: (payload) => sink.next(payload),
      error: (cause) =>
        Array.isArray(cause) ? sink.refused(cause) : sink.failed(failure === undefined ? cause : failure.cause),
      // It says so also when it is left, and later than that.
      complete: () => {
        if (!hasLeft) sink.complete();
      },
    },
  );
  return () => {
    hasLeft = true;
    leave();
    // It waits for a connection that is being made, and rejects where there is none in the end.
    Promise.resolve(client.dispose()).catch(() => {});
    clearTimeout(pong);
  };
};
