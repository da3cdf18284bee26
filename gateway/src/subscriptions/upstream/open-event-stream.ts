import { createClient } from 'graphql-sse';
import { Agent, fetch, type RequestInit, Response } from 'undici';
import { CONNECT_MS, isFinalStatus, type OpenUpstream, RECONNECTS, waitForRetry } from './upstream-connection.ts';

/** By server-sent events, "distinct connections mode" of graphql-sse: a POST for each subscription. */
export const openEventStream: OpenUpstream = ({ url, query, variables, maxBytes, headers }, sink) => {
  let status = 0;
  const client = createClient({
    url,
    headers,
    async fetchFn(address: string, init: RequestInit) {
      status = 0;
      const response = await boundedFetch(address, init, maxBytes);
      status = response.status;
      return response;
    },
    retryAttempts: RECONNECTS,
    // What it throws is the end: graphql-sse takes every status for one that passes.
    async retry(retries) {
      if (isFinalStatus(status)) throw new Error(`the subgraph answers with ${status}`);
      await waitForRetry(retries);
    },
    on: { connected: () => sink.connected() },
  });
  let hasLeft = false;
  const leave = client.subscribe(
    { query, variables },
    {
      next: (payload) => sink.next(payload),
      error: (cause) => (Array.isArray(cause) ? sink.refused(cause) : sink.failed(cause)),
      complete: () => {
        if (!hasLeft) sink.complete();
      },
    },
  );
  return () => {
    hasLeft = true;
    leave();
    client.dispose();
  };
};

/**
 * For one subscription each. A subgraph where nothing happens is silent for as long as it likes, and need send no comments:
 * that its host has gone shows by TCP's keep-alive.
 */
const agent = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });

/** Follows no redirects, waits for the headers so long and no longer, and reads no event that is too long. */
async function boundedFetch(address: string, init: RequestInit, maxBytes: number): Promise<Response> {
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(new Error('no answer in time')), CONNECT_MS);
  const signal = AbortSignal.any([connecting.signal, ...(init.signal ? [init.signal] : [])]);
  try {
    const response = await fetch(address, { ...init, signal, redirect: 'manual', dispatcher: agent });
    const { body, ok, status, headers } = response;
    if (body === null) return response;
    if (ok) return new Response(body.pipeThrough(boundedEvents(maxBytes)), { status, headers });
    // Nobody reads it.
    await body.cancel();
    return new Response(null, { status, headers });
  } finally {
    clearTimeout(timer);
  }
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Fails where there are so many bytes without an empty line, which ends an event. A line ends by CR, by LF or by both. */
function boundedEvents(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  let last = 0;
  let isLineEmpty = true;
  const count = (byte: number) => {
    const isSameEnd = byte === NEWLINE && last === CARRIAGE_RETURN;
    last = byte;
    if (isSameEnd) return;
    const isEnd = byte === NEWLINE || byte === CARRIAGE_RETURN;
    bytes = isEnd && isLineEmpty ? 0 : bytes + 1;
    isLineEmpty = isEnd;
  };
  return new TransformStream({
    transform(chunk, controller) {
      for (const byte of chunk) count(byte);
      if (bytes > maxBytes) controller.error(new Error('an event that is too long'));
      else controller.enqueue(chunk);
    },
  });
}
