import { duration, secret, subgraphConfig } from '@tributary/service-kit';
import { z } from 'zod';

/** What the payments subgraph can be told. */
export const paymentsConfig = subgraphConfig.extend({
  provider: z.strictObject({
    /** Shared with the payment provider, which signs its webhooks with it. */
    webhookSecret: secret().refine((value) => value.reveal().length >= 32, 'expected 32 characters or more'),
    /** How long one call to the provider may take; what happened after it is asked for later. */
    timeout: duration().prefault('5s'),
  }),
  challenge: z
    .strictObject({
      /** How long a customer has to answer the bank's question. */
      lifetime: duration().prefault('10m'),
    })
    .prefault({}),
  worker: z
    .strictObject({
      /** Calls to the provider at once, in one instance. */
      concurrency: z.int().min(1).max(100).default(8),
      /** How often the worker looks without being woken: for timers, new attempts, and rows of a process that died. */
      pollInterval: duration().prefault('1s'),
    })
    .prefault({}),
});

export type PaymentsConfig = z.output<typeof paymentsConfig>;
