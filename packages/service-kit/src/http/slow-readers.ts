import type { Server, ServerResponse } from 'node:http';

interface Open {
  /** Until it is closed: a Map leaves its old tables to the collector, with all that was in them (docs/performance.md). */
  response: ServerResponse | undefined;
  /** When it was first seen to be whole. */
  wholeMs: number | undefined;
}

/**
 * Ends the connection of a client that has not read its answer `afterMs` after it was whole: until then its memory is
 * held. Streams are not meant: they send no more than is read. One timer for all connections.
 */
export function cutSlowReaders(server: Server, afterMs: number): void {
  const all = new Set<Open>();
  server.on('request', (_request, response: ServerResponse) => {
    const open: Open = { response, wholeMs: undefined };
    all.add(open);
    response.once('close', () => {
      open.response = undefined;
      all.delete(open);
    });
  });
  const look = () => {
    const now = performance.now();
    for (const open of all) {
      if (!open.response?.writableEnded) continue;
      open.wholeMs ??= now;
      if (now - open.wholeMs >= afterMs) open.response.destroy();
    }
  };
  const timer = setInterval(look, Math.min(1000, afterMs / 4)).unref();
  server.once('close', () => clearInterval(timer));
}
