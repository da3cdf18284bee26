import { eventTables } from '@tributary/service-kit/tables';
import { index, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const template = pgSchema('template');

export const items = template.table(
  'items',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id').notNull(),
    title: text('title').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('items_created_at').on(table.createdAt)],
);

export const { outbox, inbox, deadLetters } = eventTables(template);
