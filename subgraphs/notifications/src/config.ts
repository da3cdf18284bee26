import { duration, longSecret, secret, subgraphConfig } from '@tributary/service-kit';
import { z } from 'zod';

const smtp = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65535).default(587),
  /** `starttls` and `implicit` (mostly port 465) refuse a server without it; `none` is for a relay in the same pod. */
  tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
  user: z.string().min(1).optional(),
  password: secret().optional(),
});

/** What the notifications subgraph can be told. */
export const notificationsConfig = subgraphConfig.extend({
  /** Where people reach the gateway; links in e-mails begin with it. */
  publicUrl: z.url({ protocol: /^https?$/ }),
  users: z.strictObject({
    /** GraphQL endpoint of the users subgraph, which is asked for an address when an e-mail is sent. */
    url: z.url({ protocol: /^https?$/ }),
  }),
  email: z
    .strictObject({
      /** `mailbox` keeps mails in the database and shows them at `/mailbox`: for local use only. */
      transport: z.enum(['smtp', 'mailbox']).default('smtp'),
      from: z.string().min(3).default('Tributary <no-reply@tributary.example>'),
      smtp: smtp.optional(),
      /** With it reports of e-mails that came back are taken at `/webhooks/bounces`, signed with it. */
      bounceReportSecret: longSecret().optional(),
    })
    .refine(({ transport, smtp }) => transport !== 'smtp' || smtp !== undefined, {
      path: ['smtp'],
      message: 'expected with email.transport smtp',
    }),
  /**
   * Signs the links by which people unsubscribe, and is the key to hashes of addresses that take no e-mails. After a change
   * the links of old e-mails are refused, and such addresses are tried again.
   */
  unsubscribeSecret: longSecret(),
  webhooks: z.strictObject({
    /** Encrypts the webhooks' secrets in the database. After a change, webhooks have to be registered again. */
    encryptionSecret: longSecret(),
    /** Also `http` URLs. For tests and local use. */
    allowInsecure: z.boolean().default(false),
    /** Also URLs that lead to this machine or a private network. For tests and local use. */
    allowPrivateNetwork: z.boolean().default(false),
  }),
  deliveries: z
    .strictObject({
      /** How often a worker looks for what is due. */
      pollInterval: duration().prefault('1s'),
      /** Wait after the first failed attempt; each further wait is four times as long, up to 6 h. */
      firstRetryAfter: duration().prefault('30s'),
      /** With the default waits the last attempt is about 17 h after the first. */
      maxAttempts: z.int().min(1).default(8),
    })
    .prefault({}),
});

export type NotificationsConfig = z.output<typeof notificationsConfig>;
