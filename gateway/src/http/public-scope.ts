import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { addCors, type CorsRequests } from './cors.ts';

export interface PublicScope {
  /** Sites whose scripts may ask. */
  readonly corsOrigins: readonly string[];
  /** Whether an access token may be in a cookie. */
  readonly takesCookies: boolean;
  /** May refuse a request of which only the headers are there. */
  readonly beforeBody: readonly onRequestHookHandler[];
}

/**
 * What everything that clients ask operations of has in common, GraphQL and REST: CORS, who is refused unread, and bodies as
 * they came, whatever their media type says.
 *
 * @param requests see `addCors`
 */
export function preparePublicScope(scope: FastifyInstance, options: PublicScope, requests?: CorsRequests): void {
  scope.addHook('onRequest', (_request, reply, done) => {
    // CORS lets scripts of listed sites in; no other site loads an answer as an image or a script.
    reply.header('cross-origin-resource-policy', 'same-origin');
    done();
  });
  addCors(scope, options.corsOrigins, options.takesCookies, requests);
  for (const hook of options.beforeBody) scope.addHook('onRequest', hook);
  // Steps read bodies themselves, strictly, and decide which media types there are.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  scope.decorateRequest('addressCharged');
}
