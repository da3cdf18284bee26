import { z } from 'zod';
import { natsConfig } from '../events/nats/nats-config.ts';
import { STREAM_RETENTION_MS } from '../events/stream-retention.ts';
import { identityKey } from '../identity/identity-key.ts';
import { trustedKeys } from '../identity/trusted-keys.ts';
import { logLevel } from '../log/log-level.ts';
import { tracingConfig } from '../tracing/tracing.ts';
import { secret } from './secret.ts';
import { bytes, duration } from './units.ts';

const port = () => z.int().min(0).max(65535);

const server = (bodyLimit: string) =>
  z
    .strictObject({
      host: z.string().default('0.0.0.0'),
      port: port().default(4000),
      /** A larger request body is refused with 413. */
      bodyLimit: bytes().prefault(bodyLimit),
      /** On SIGTERM, everything that has begun may take this long. Below Kubernetes' 30 s grace period. */
      drainTimeout: duration().prefault('20s'),
      /**
       * On SIGTERM, for how long a connection may be silent before it is ended: more than busy clients leave between two
       * requests. Below `drainTimeout`.
       */
      keepAliveGrace: duration().prefault('300ms'),
    })
    .prefault({});

/** What the gateway and every subgraph can be told; a subgraph extends `subgraphConfig` with sections of its own. */
export const serviceConfig = z.strictObject({
  server: server('256KiB'),
  admin: z.strictObject({ host: z.string().default('0.0.0.0'), port: port().default(9400) }).prefault({}),
  log: z.strictObject({ level: logLevel.default('info') }).prefault({}),
  tracing: tracingConfig,
});

/** What every subgraph can be told. */
export const subgraphConfig = serviceConfig.extend({
  // The gateway asks for many entities at once, and so writes more than a client may send.
  server: server('4MiB'),
  database: z
    .strictObject({
      /** `postgres://role:password@host:5432/database`, as the service's own role. */
      url: secret().optional(),
      poolSize: z.int().min(1).default(10),
      connectTimeout: duration().prefault('1s'),
      /** A server that is gone, not one that takes long, fails statements within a second (docs/adr/0038). */
      statementTimeout: duration().prefault('5s'),
      /** How long `--migrate` waits for the database, and for the role in it, to be there. */
      waitTimeout: duration().prefault('2m'),
      /** Apply missing migrations before serving. Off where something else has applied them before. */
      migrateOnStart: z.boolean().default(true),
    })
    .prefault({}),
  identity: z
    .strictObject({
      /** Who may call this service: issuer name → its public keys, a JSON Web Key Set or a PEM. */
      trusted: z.record(z.string(), trustedKeys()).default({}),
      /** This service's own Ed25519 key (a JWK or a PEM), when it calls others. */
      key: identityKey().optional(),
    })
    .prefault({}),
  events: z
    .strictObject({
      pollInterval: duration().prefault('1s'),
      /** An event that a handler has failed on so many times, over about two minutes, becomes a dead letter. */
      maxAttempts: z.int().min(1).max(100).default(30),
      /** How long events stay in the outbox once they are said: the broker can be filled again from it. */
      keepPublished: duration().prefault('7d'),
      /**
       * How long handled events are remembered: a repetition that comes later takes effect again. An event can be
       * published again until the `keepPublished` of its service is over, and is then in the stream for a week.
       */
      keepHandled: duration().prefault('30d'),
      /** The broker between services that run in processes of their own. */
      nats: natsConfig.optional(),
    })
    .refine(({ keepPublished, keepHandled }) => keepHandled >= keepPublished + STREAM_RETENTION_MS, {
      path: ['keepHandled'],
      error: 'expected at least keepPublished + 7d, or an event that is published again could take effect twice',
    })
    .prefault({}),
  /** Introspection and "Did you mean": never needed behind the gateway, handy while developing. */
  introspection: z.boolean().default(false),
  /** Fill an empty database with the demo data of this service. Local use only. */
  demoData: z.boolean().default(false),
});

export type SubgraphConfig = z.output<typeof subgraphConfig>;
