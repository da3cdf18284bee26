import { z } from 'zod';
import { secret } from '../../config/secret.ts';
import { duration } from '../../config/units.ts';

/** A URL that holds nothing but scheme, host and port; the library would not read a password from it. */
const serverUrl = () =>
  z.string().regex(/^(nats|tls):\/\/(\[[\da-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?$/, {
    error: 'expected nats://host:4222 or tls://host:4222; user and password belong into auth',
  });

/** A name that is one token of a NATS subject. */
const token = () => z.string().regex(/^[\w-]{1,64}$/, { error: 'expected letters, digits, _ and -' });

const auth = () =>
  z
    .strictObject({
      user: z.string().min(1).optional(),
      password: secret().optional(),
      token: secret().optional(),
      /** Path of a `.creds` file (JWT and NKey seed); it is read anew at each connection. */
      credsFile: z.string().min(1).optional(),
    })
    .refine(({ user, password }) => (user === undefined) === (password === undefined), {
      error: 'expected user and password together',
    })
    .refine((ways) => [ways.user, ways.token, ways.credsFile].filter((way) => way !== undefined).length === 1, {
      error: 'expected exactly one of user, token and credsFile',
    });

/** Where NATS JetStream is, and how events are kept there (ADR 0011). */
export const natsConfig = z.strictObject({
  /** Any of the cluster's servers; the others are learned from it. With `tls://` a connection without TLS is refused. */
  servers: z.array(serverUrl()).min(1),
  /** The stream that all services share. It is created when it is missing. */
  stream: token().default('tributary'),
  /** An event of type `orders.order.placed.v1` is published on `<subjectPrefix>.orders.order.placed.v1`. */
  subjectPrefix: token().default('events'),
  /** Servers that hold each event. 3 in production: one alone may lose what it took last when its machine fails. */
  replicas: z.int().min(1).max(5).default(1),
  auth: auth().optional(),
  /** Requires TLS. The files are PEM; without `caFile` the server's certificate is checked against Node's authorities. */
  tls: z
    .strictObject({
      caFile: z.string().min(1).optional(),
      certFile: z.string().min(1).optional(),
      keyFile: z.string().min(1).optional(),
    })
    .optional(),
  /** An event that is not acknowledged within this time counts as not published. */
  publishTimeout: duration().prefault('2s'),
  /** An event whose process is silent for so long goes to another one. Above the 10 s that a handler may take. */
  ackWait: duration().prefault('15s'),
  /** Events that one process handles at the same time. Below the database's pool, so that requests find connections. */
  concurrency: z.int().min(1).max(64).default(8),
});

export type NatsConfig = z.output<typeof natsConfig>;
