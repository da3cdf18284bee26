import type { Server, ServerResponse } from 'node:http';

/**
 * Ends the connection of a client that has not read its answer `afterMs` after it was whole: until then its memory is
 * held. Streams are not meant: they send no more than is read. One timer for all connections.
 */
export function cutSlowReaders(server: Server, afterMs: number): void {
  const open = new Map<ServerResponse, number | undefined>();
  server.on('request', (_request, response: ServerResponse) => {
    open.set(response, undefined);
    response.once('close', () => open.delete(response));
  });
  const look = () => {
    const now = performance.now();
    for (const [response, wholeMs] of open) {
      if (!response.writableEnded) continue;
      if (wholeMs === undefined) open.set(response, now);
      else if (now - wholeMs >= afterMs) response.destroy();
    }
  };
  const timer = setInterval(look, Math.min(1000, afterMs / 4)).unref();
  server.once('close', () => clearInterval(timer));
}
