import type { Identity } from '@tributary/service-kit';
import type { FastifyReply } from 'fastify';
import type { CachePolicy } from './cache-policy.ts';
import { addVary } from './vary.ts';

/** Of the request, what an answer hangs on beside its address and body: a cache keeps one for each. */
const VARY = 'accept, accept-encoding, authorization, canary';

/**
 * Who may keep an answer that was made for somebody. Only what anybody gets without saying who they are is for caches
 * that many share: a subgraph that says `public` does not know which of its fields the gateway shows to whom.
 */
export function policyFor({ kind }: Identity, policy: CachePolicy | undefined): CachePolicy | undefined {
  return policy === undefined || kind === 'anonymous' ? policy : { ...policy, isPublic: false };
}

/** How long an answer may be kept, and by whom. */
export function setCacheHeaders(reply: FastifyReply, policy: CachePolicy | undefined): void {
  if (policy === undefined) {
    reply.header('cache-control', 'no-store');
    return;
  }
  reply.header('cache-control', `max-age=${policy.maxAgeSeconds}, ${policy.isPublic ? 'public' : 'private'}`);
  addVary(reply, VARY);
}
