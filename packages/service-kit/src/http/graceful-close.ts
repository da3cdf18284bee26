import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/**
 * A close that loses no request: new connections are refused at once; connections that are kept alive get the answer
 * to the request that they are sending, with `connection: close`; those that stay silent for the grace time are ended. A busy
 * client uses its connection again within that time: where it is too short, a request is lost that was just being sent.
 *
 * `http.Server.close()` would end silent connections at once, and with them a request that is already on its way.
 */
export function gracefulClose(app: FastifyInstance, keepAliveGraceMs: number): () => Promise<void> {
  let closing = false;
  let answering = 0;
  let lastActivityMs = 0;
  app.server.prependListener('request', (_request, response) => {
    answering++;
    lastActivityMs = performance.now();
    if (closing) response.setHeader('connection', 'close');
    response.once('close', () => {
      answering--;
      lastActivityMs = performance.now();
    });
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  return async () => {
    closing = true;
    if (app.server.listening) NetServer.prototype.close.call(app.server);
    lastActivityMs = performance.now();
    while (answering > 0 || performance.now() - lastActivityMs < keepAliveGraceMs) await delay(10);
    // Nothing is being answered any more: what is left has sent nothing, or not even whole headers.
    app.server.closeAllConnections();
    await app.close();
  };
}
