import { bigint, pgSchema, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

export const usageSchema = pgSchema('usage');

/** Buckets by coordinate; see UsageBucket. The hour comes first: reading, writing and pruning go by it. */
export const counts = usageSchema.table(
  'counts',
  {
    hour: timestamp('hour', { withTimezone: true }).notNull(),
    line: text('line').notNull(),
    client: text('client').notNull(),
    version: text('version').notNull(),
    /** Follows from the document, in whose hash it is. */
    operation: text('operation').notNull(),
    document: text('document').notNull(),
    coordinate: text('coordinate').notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.hour, table.line, table.client, table.version, table.document, table.coordinate],
    }),
  ],
);
