import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** By which a policy names a script or style that stands in the page itself. */
export const contentHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Headers of a page: nobody frames it, and it loads only what `policy` (a Content-Security-Policy) names beside that. */
export const sendPage = (reply: FastifyReply, page: string, policy: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`)
    .header('cache-control', 'no-store')
    .header('cross-origin-resource-policy', 'same-origin')
    .send(page);
