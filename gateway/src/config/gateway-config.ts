import { bytes, duration, natsConfig, serviceConfig } from '@tributary/service-kit';
import { z } from 'zod';
import { authorizationConfig } from './authorization-config.ts';
import { batchingConfig } from './batching-config.ts';
import { compressionConfig } from './compression-config.ts';
import { costConfig } from './cost-config.ts';
import { homeConfig } from './home-config.ts';
import { hstsConfig } from './hsts-config.ts';
import { httpUrl } from './http-url.ts';
import { identityConfig } from './identity-config.ts';
import { incrementalDeliveryConfig } from './incremental-delivery-config.ts';
import { limitsConfig } from './limits-config.ts';
import { linesConfig } from './lines-config.ts';
import { overloadConfig } from './overload-config.ts';
import { passthroughRoute } from './passthrough-config.ts';
import { persistedDocumentsConfig } from './persisted-documents-config.ts';
import { rateLimitConfig } from './rate-limit-config.ts';
import { resilienceConfig } from './resilience-config.ts';
import { restConfig } from './rest-config.ts';
import { serverConfig } from './server-config.ts';
import { subgraphSubscriptionsConfig } from './subgraph-subscriptions-config.ts';
import { subscriptionsConfig } from './subscriptions-config.ts';
import { usageConfig } from './usage-config.ts';

/** With less a gateway does not even start. */
const LEAST_MEMORY = 128 * 1024 ** 2;

/** What the gateway can be told. */
export const gatewayConfig = serviceConfig.extend({
  server: serverConfig,
  /** The composed supergraph: a file, which is watched, or an http:// or https:// URL, which is polled. */
  supergraph: z.string().optional(),
  /** How often the URL is asked; the file too, in case that its system does not tell of changes. */
  supergraphPoll: duration().prefault('10s'),
  /** File that keeps the supergraph that serves, for a start while its source has none. */
  supergraphCache: z.string().optional(),
  lines: linesConfig,
  rest: restConfig.prefault({}),
  /** When another supergraph takes over. */
  swap: z
    .strictObject({
      /** Whether the one before it returns when more requests fail by the new one: 10 points more, of at least 20. */
      rollback: z.boolean().default(true),
      /** For so long after a swap; compared with as long before it. */
      window: duration().prefault('60s'),
      /** A supergraph by which operations of `home.documents` take more requests to subgraphs. */
      planRegression: z.enum(['off', 'warn', 'block']).default('off'),
    })
    .prefault({}),
  /** The longest that one request may take; what is left of it goes to subgraphs. */
  deadline: duration().prefault('10s'),
  /** An operation that takes so long is logged, with its plan. */
  slowOperation: duration().prefault('1s'),
  /** Introspection, "Did you mean", GraphiQL and Sandbox. */
  introspection: z.boolean().default(false),
  limits: limitsConfig,
  batching: batchingConfig,
  persistedDocuments: persistedDocumentsConfig,
  cost: costConfig,
  /** By the subgraph's name in the supergraph. */
  subgraphs: z
    .record(
      z.string(),
      z.strictObject({
        /** Instead of the supergraph's. */
        url: httpUrl().optional(),
        /** Also without TLS; an https:// URL gets HTTP/2 where the subgraph has it, unless this is false. */
        http2: z.boolean().optional(),
        /** Whether it is told, in `baggage`, whose operation it works for: off for one that is not yours. */
        operationContext: z.boolean().default(true),
        subscriptions: subgraphSubscriptionsConfig.optional(),
      }),
    )
    .default({}),
  subgraphRequest: z
    .strictObject({
      timeout: duration().prefault('5s'),
      /** A longer answer is cut off and counts as invalid. Also the limit of a passthrough answer. */
      maxResponse: bytes().prefault('10MiB'),
      /** To each subgraph; further requests wait for a free one. */
      connections: z.int().min(1).default(64),
    })
    .prefault({}),
  /** How subgraphs' failures are met: breakers, and what is sent once more. */
  resilience: resilienceConfig,
  /** What identical queries of one identity share that are under way at the same time. */
  sharing: z
    .strictObject({
      /** The whole answer. */
      inbound: z.boolean().default(false),
      /** Requests to subgraphs. */
      subgraph: z.boolean().default(false),
    })
    .prefault({}),
  /** What the process may take; caches and planners get their shares of it. Default: what its container has. */
  memory: bytes()
    .refine((size) => size >= LEAST_MEMORY, 'expected 128MiB or more')
    .optional(),
  /** Memory for executions that are compared with what subgraphs say (docs/adr/0017); `0B`: none are kept. */
  recordings: z.strictObject({ maxBytes: bytes().optional() }).prefault({}),
  /** Labels of `@override(label:)` that are on, beside `percent(n)`, which is drawn for each request. */
  overrideLabels: z.array(z.string()).default([]),
  identity: identityConfig,
  authorization: authorizationConfig,
  cors: z
    .strictObject({
      /** Sites whose scripts may use /graphql, as `https://shop.example.com`. */
      origins: z
        .array(z.string().regex(/^https?:\/\/[^/]+$/, 'expected an origin such as https://example.com'))
        .default([]),
    })
    .prefault({}),
  compression: compressionConfig,
  incrementalDelivery: incrementalDeliveryConfig,
  hsts: hstsConfig,
  rateLimit: rateLimitConfig,
  overload: overloadConfig,
  subscriptions: subscriptionsConfig,
  events: z
    .strictObject({
      /** Where services publish events, of which the gateway tells those who subscribe; it publishes none itself. */
      nats: natsConfig.optional(),
    })
    .prefault({}),
  passthrough: z.array(passthroughRoute).default([]),
  home: homeConfig,
  usage: usageConfig,
});

export type GatewayConfig = z.output<typeof gatewayConfig>;
