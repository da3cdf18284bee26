import { createRowCipher, defineSubgraph } from '@tributary/service-kit';
import { createEmailChannel } from './channels/email-channel.ts';
import { createSmtpTransport } from './channels/smtp-transport.ts';
import { createWebhookChannel } from './channels/webhook-channel.ts';
import { notificationsConfig } from './config.ts';
import type { Context } from './context.ts';
import { createAddressHash } from './domain/address-hash.ts';
import { createBounces } from './domain/bounces.ts';
import { createDeliveryWorker } from './domain/delivery-worker.ts';
import { createEventHandlers } from './domain/event-handlers.ts';
import { createInbox } from './domain/inbox.ts';
import { createMailbox } from './domain/mailbox.ts';
import { createPreferences } from './domain/preferences.ts';
import { createPrune } from './domain/prune.ts';
import { createQuietHoursSetting } from './domain/quiet-hours-setting.ts';
import { createTell } from './domain/tell.ts';
import { createUnsubscribeLinks } from './domain/unsubscribe-links.ts';
import { createWebhookHealth } from './domain/webhook-health.ts';
import { createWebhooks } from './domain/webhooks.ts';
import { createLoaders } from './loaders/loaders.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { bounceRoute } from './routes/bounce-route.ts';
import { mailboxRoutes } from './routes/mailbox-routes.ts';
import { unsubscribeRoutes } from './routes/unsubscribe-routes.ts';
import { deadLetters, inbox, outbox } from './tables.ts';

const PRUNE_EVERY_MS = 10 * 60 * 1000;

export const subgraph = defineSubgraph({
  name: 'notifications',
  calls: ['users'],
  config: notificationsConfig,
  folder: new URL('..', import.meta.url),
  events: { deadLetters, inbox, outbox },
  async create(kit) {
    const { config, database } = kit;
    const { email, deliveries } = config;
    const links = createUnsubscribeLinks(config);
    const cipher = createRowCipher(config.webhooks.encryptionSecret, 'tributary notifications webhooks');
    const mailbox = createMailbox(kit);
    const preferences = createPreferences(kit);
    const hashOf = createAddressHash(config.unsubscribeSecret);
    const bounces = createBounces(kit, hashOf);
    const tell = createTell(kit);
    const domain = {
      inbox: createInbox(kit),
      preferences,
      quietHours: createQuietHoursSetting(kit),
      webhooks: createWebhooks(kit, cipher),
      hashOf,
    };
    const sendEmail = createEmailChannel({
      database,
      askUsers: kit.serviceClient('users', config.users.url),
      transport:
        email.smtp && email.transport === 'smtp'
          ? await createSmtpTransport(kit, email.smtp, email.from)
          : mailbox.keep,
      links,
      bounces,
    });
    const everyMs = deliveries.pollInterval;
    return {
      resolvers,
      context: (scope): Context => ({ ...scope, ...domain, loaders: createLoaders(database.db) }),
      handlers: createEventHandlers(tell),
      routes(app) {
        unsubscribeRoutes(links, preferences)(app);
        if (email.transport === 'mailbox') mailboxRoutes(mailbox)(app);
        if (email.bounceReportSecret !== undefined) bounceRoute(email.bounceReportSecret, bounces)(app);
      },
      jobs: [
        { name: 'send e-mails', everyMs, run: createDeliveryWorker(kit, 'EMAIL', sendEmail) },
        {
          name: 'call webhooks',
          everyMs,
          run: createDeliveryWorker(kit, 'WEBHOOK', createWebhookChannel(kit, cipher), createWebhookHealth(kit, tell)),
        },
        { name: 'forget old notifications', everyMs: PRUNE_EVERY_MS, run: createPrune(kit) },
      ],
    };
  },
});
