import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** By which a policy names a script or style that stands in the page itself. */
export const contentHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What a client says of it, before it stands in a header. */
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/i;

/** What the scripts of a page may ask: this host. Older browsers do not count its WebSockets among `'self'`. */
export const connectSources = (host: string): string =>
  HOST.test(host) ? `connect-src 'self' ws://${host} wss://${host}` : "connect-src 'self'";

/** Headers of a page: nobody frames it, and it loads only what `policy` (a Content-Security-Policy) names beside that. */
export const sendPage = (reply: FastifyReply, page: string, policy: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`)
    .header('cache-control', 'no-store')
    .header('cross-origin-resource-policy', 'same-origin')
    .send(page);
