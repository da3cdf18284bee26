import { z } from 'zod';

/** How a subgraph is subscribed to whose events the schema does not bind (docs/subscriptions.md). None: not at all. */
export const subgraphSubscriptionsConfig = z
  .strictObject({
    /** `ws`: graphql-transport-ws; `sse`: server-sent events, a POST for each subscription. */
    protocol: z.enum(['ws', 'sse']),
    url: z.url({ protocol: /^(wss?|https?)$/, error: 'expected a ws://, wss://, http:// or https:// URL' }),
  })
  .refine(({ protocol, url }) => /^ws/.test(url) === (protocol === 'ws'), {
    path: ['url'],
    error: 'expected ws:// or wss:// for ws, and http:// or https:// for sse',
  });
