import { duration } from '@tributary/service-kit';
import { z } from 'zod';

const count = (fallback: number) => z.int().min(1).default(fallback);

const positive = (fallback: string) =>
  duration()
    .refine((ms) => ms > 0, 'expected more than 0s')
    .prefault(fallback);

/** What is kept open for clients: subscriptions, and the connections that carry them (docs/subscriptions.md). */
export const subscriptionsConfig = z
  .strictObject({
    /** WebSocket, server-sent events and multipart answers. Off: subscriptions are refused. */
    enabled: z.boolean().default(true),
    /** WebSockets and streams that are open at once. */
    connections: z
      .strictObject({
        /** An idle one with its subscription takes 11 to 16 KiB of memory, which bounds both, too (docs/subscriptions.md). */
        perNode: count(10_000),
        /** From one address (IPv6: one /64), and as many subscriptions without a user. Behind one there may be a company. */
        perAddress: count(2000),
      })
      .prefault({}),
    /** Subscriptions that go on at once. */
    perNode: count(20_000),
    /** Of one user who has signed in, over all of their devices. */
    perUser: count(200),
    /** On one WebSocket, with queries and mutations that are under way on it. */
    perConnection: count(100),
    /** Results that wait for a client that reads more slowly than events come. With one more, its connection is ended. */
    bufferedEvents: count(64),
    /** A client that has taken nothing for so long while something waits for it is ended, too. */
    slowAfter: positive('10s'),
    /** How often a connection is asked whether it is still there, and a stream that has nothing to say says so. */
    keepAlive: positive('12s'),
    /** For so long a WebSocket may be open without `connection_init`. */
    initWait: positive('3s'),
    /** On SIGTERM, connections are ended one after the other over so long: clients do not all return at once. */
    drain: duration().prefault('5s'),
  })
  .prefault({});
