import { eventTables } from '@tributary/service-kit/tables';
import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';

const time = (name: string) => timestamp(name, { withTimezone: true });

export const NOTIFICATION_KINDS = [
  'WELCOME',
  'PASSWORD_CHANGED',
  'ORDER_PLACED',
  'ORDER_CONFIRMED',
  'ORDER_CANCELLED',
  'PAYMENT_CHALLENGED',
  'RETURN_REQUESTED',
  'REFUND_MADE',
  'WEBHOOK_DISABLED',
] as const;
export const CATEGORIES = ['ORDERS', 'ACCOUNT', 'SECURITY'] as const;
export const CHANNELS = ['INBOX', 'EMAIL', 'WEBHOOK'] as const;
/** It said that it is gone, or its deliveries kept failing. */
export const DISABLED_REASONS = ['GONE', 'FAILING'] as const;

/** What a notification's words need: numbers, amounts and codes, nothing personal. */
export interface NotificationFacts {
  number?: string;
  amount?: { amountMinor: number; currency: string };
  reason?: 'CUSTOMER' | 'OUT_OF_STOCK' | 'PAYMENT_DECLINED' | 'EXPIRED' | 'ADMIN';
  /** Of the webhook that it is about; the rest of its URL may be secret. */
  host?: string;
}

export const notificationsSchema = pgSchema('notifications');

/** Everybody who was ever told or set anything; a row makes changes to what is the user's wait for each other. */
export const recipients = notificationsSchema.table('recipients', {
  userId: uuid('user_id').primaryKey(),
  /** From then on nothing of the user is kept but this row, and nothing is told. */
  closedAt: time('closed_at'),
});

/** What was told to whom: one row for each event and recipient. */
export const notifications = notificationsSchema.table(
  'notifications',
  {
    id: uuid('id').primaryKey(),
    eventId: uuid('event_id').notNull(),
    userId: uuid('user_id').notNull(),
    kind: text('kind', { enum: NOTIFICATION_KINDS }).notNull(),
    orderId: uuid('order_id'),
    facts: jsonb('facts').$type<NotificationFacts>().notNull(),
    /** False when the user wants the category in other channels only. */
    inInbox: boolean('in_inbox').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    readAt: time('read_at'),
  },
  (table) => [
    unique('notifications_event_recipient').on(table.eventId, table.userId),
    index('notifications_inbox').on(table.userId, table.id).where(sql`in_inbox`),
    index('notifications_unread').on(table.userId, table.id).where(sql`in_inbox and read_at is null`),
    index('notifications_created_at').on(table.createdAt),
  ],
);

/** What a user has set; what is not there has its default. */
export const preferences = notificationsSchema.table(
  'preferences',
  {
    userId: uuid('user_id').notNull(),
    category: text('category', { enum: CATEGORIES }).notNull(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    enabled: boolean('enabled').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.category, table.channel] })],
);

/** When users want to be left alone, each day: minutes since midnight by the clocks of a time zone. */
export const quietHours = notificationsSchema.table(
  'quiet_hours',
  {
    userId: uuid('user_id').primaryKey(),
    startMinute: smallint('start_minute').notNull(),
    endMinute: smallint('end_minute').notNull(),
    /** IANA name. */
    timeZone: text('time_zone').notNull(),
  },
  () => [
    check('quiet_hours_minutes', sql`start_minute between 0 and 1439 and end_minute between 0 and 1439`),
    check('quiet_hours_not_always', sql`start_minute <> end_minute`),
  ],
);

/** Whose address took no e-mails the last time: one row a user, since a user has one address. */
export const bounces = notificationsSchema.table('bounces', {
  userId: uuid('user_id').primaryKey(),
  /** Under a key, so that an address cannot be found by trying. See `address-hash.ts`. */
  addressHash: text('address_hash').notNull(),
  /** How often it happened to this address. */
  count: integer('count').notNull(),
  bouncedAt: time('bounced_at').notNull(),
});

export const webhooks = notificationsSchema.table(
  'webhooks',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id').notNull(),
    url: text('url').notNull(),
    kinds: text('kinds', { enum: NOTIFICATION_KINDS }).array().notNull(),
    /** Encrypted; see `secret-cipher.ts`. It signs later, so a hash would not do. */
    sealedSecret: text('sealed_secret').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Deliveries that were given up since the newest one that arrived, or since it was enabled again. */
    failuresInRow: integer('failures_in_row').notNull().default(0),
    /** When the first of them was given up. */
    failingSince: time('failing_since'),
    /** The newest one's code, see `DeliveryFailedError`. */
    lastFailure: text('last_failure'),
    /** From then on nothing is sent to it. */
    disabledAt: time('disabled_at'),
    disabledReason: text('disabled_reason', { enum: DISABLED_REASONS }),
  },
  (table) => [
    index('webhooks_user').on(table.userId, table.id),
    check('webhooks_disabled_for_a_reason', sql`(disabled_at is null) = (disabled_reason is null)`),
    check('webhooks_failing_since', sql`(failures_in_row = 0) = (failing_since is null)`),
  ],
);

/** A notification on its way out: one row for the e-mail, and one for each webhook. */
export const deliveries = notificationsSchema.table(
  'deliveries',
  {
    id: uuid('id').primaryKey(),
    notificationId: uuid('notification_id')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    channel: text('channel', { enum: ['EMAIL', 'WEBHOOK'] }).notNull(),
    webhookId: uuid('webhook_id').references(() => webhooks.id, { onDelete: 'cascade' }),
    state: text('state', { enum: ['PENDING', 'SENT', 'FAILED', 'SKIPPED'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** When the next attempt may begin; while one is made, when it counts as lost. */
    dueAt: time('due_at').notNull(),
    settledAt: time('settled_at'),
    /** The newest failed attempt's code, see `DeliveryFailedError`, or why it was skipped. */
    failure: text('failure'),
    /** Of an e-mail, the address that it was sent to last, see `bounces`: a report of a mail server says no more than the id. */
    addressHash: text('address_hash'),
    /** Of the event that it is about: attempts are made in its trace. */
    traceparent: text('traceparent'),
  },
  (table) => [
    index('deliveries_due').on(table.channel, table.dueAt).where(sql`state = 'PENDING'`),
    index('deliveries_notification').on(table.notificationId),
    index('deliveries_webhook').on(table.webhookId, table.id),
    check('deliveries_pending_or_settled', sql`(state = 'PENDING') = (settled_at is null)`),
    check('deliveries_webhook_or_not', sql`(channel = 'WEBHOOK') = (webhook_id is not null)`),
  ],
);

/** Mails of the transport `mailbox`; local use only. They go with their notification. */
export const mails = notificationsSchema.table(
  'mails',
  {
    id: uuid('id').primaryKey(),
    notificationId: uuid('notification_id')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    sentAt: time('sent_at').notNull().defaultNow(),
    /** The recipient's address. */
    to: text('to').notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    html: text('html').notNull(),
    headers: jsonb('headers').$type<Readonly<Record<string, string>>>().notNull(),
  },
  (table) => [index('mails_notification').on(table.notificationId)],
);

export const { outbox, inbox, deadLetters } = eventTables(notificationsSchema);
