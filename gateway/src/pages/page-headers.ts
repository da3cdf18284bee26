import type { FastifyReply } from 'fastify';

/** Headers of a page: nobody frames it, and it loads only what `policy` (a Content-Security-Policy) names beside that. */
export const sendPage = (reply: FastifyReply, page: string, policy: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .send(page);
