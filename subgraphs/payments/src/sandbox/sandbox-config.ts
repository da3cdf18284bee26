import { longSecret, serviceConfig } from '@tributary/service-kit';
import { z } from 'zod';

/** What the sandbox provider can be told. */
export const sandboxConfig = z.strictObject({
  server: z
    .strictObject({
      /** Only this machine: the test cards are in the repository. */
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65535).default(4090),
    })
    .prefault({}),
  log: serviceConfig.shape.log,
  /** The SQLite file with its ledger; made when it is not there. */
  file: z.string().min(1),
  /** What a merchant must send as `authorization: Bearer …`. */
  apiKey: longSecret(),
  webhooks: z
    .strictObject({
      /** Where it reports what happened. Default: nowhere. */
      url: z.url({ protocol: /^https?$/ }).optional(),
      /** With which it signs its reports. */
      secret: longSecret().optional(),
      /** How often each report is sent. For tests: a merchant must apply it once. */
      duplicates: z.int().min(1).max(100).default(1),
      /** Sends reports in any order. For tests: a merchant must get to the same state. */
      shuffle: z.boolean().default(false),
    })
    .refine(({ url, secret: key }) => url === undefined || key !== undefined, {
      path: ['secret'],
      error: 'expected 32 characters or more, to sign what is sent to webhooks.url',
    })
    .prefault({}),
});

export type SandboxConfig = z.output<typeof sandboxConfig>;
