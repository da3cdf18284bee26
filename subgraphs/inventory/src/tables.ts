import { eventTables } from '@tributary/service-kit/tables';
import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

export const inventory = pgSchema('inventory');

const time = (name: string) => timestamp(name, { withTimezone: true });
const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

const RESERVATION_STATUSES = ['RESERVED', 'REJECTED', 'CONFIRMED', 'RELEASED', 'EXPIRED'] as const;

const MOVEMENT_KINDS = ['RESTOCKED', 'ADJUSTED', 'RESERVED', 'RELEASED', 'EXPIRED', 'SOLD', 'RETURNED'] as const;

export const ADJUSTMENT_REASONS = ['COUNT', 'DAMAGED', 'LOST', 'FOUND', 'OTHER'] as const;

export interface StoredImage {
  url: string;
  alt: string;
  width: number;
  height: number;
}

/** Without the characters by which the parser would take words for hosts, paths or numbers below zero. */
const wordsOf = (column: string) => `translate(${column}, '-+./:@_', '       ')`;
const stemmed = (column: string) => `to_tsvector('english', ${wordsOf(column)})`;
const verbatim = (column: string) => `to_tsvector('simple', ${wordsOf(column)})`;

/**
 * A name weighs more than category and sku, and those more than the description. Each text goes in twice: by its stems,
 * so that `run` finds `running`, and word for word, so that what is only half typed (`happines`) is found as well.
 */
const SEARCH_TEXT = sql.raw(`setweight(${stemmed('name')} || ${verbatim('name')}, 'A')
  || setweight(${stemmed('category')} || ${verbatim('category')} || ${verbatim('sku')}, 'B')
  || setweight(${stemmed('description')} || ${verbatim('description')}, 'C')`);

export const products = inventory.table(
  'products',
  {
    id: uuid('id').primaryKey(),
    sku: text('sku').notNull().unique('products_sku'),
    name: text('name').notNull(),
    description: text('description').notNull(),
    category: text('category').notNull(),
    priceMinor: integer('price_minor').notNull(),
    currency: text('currency').notNull(),
    weightGrams: integer('weight_grams').notNull(),
    images: jsonb('images').$type<StoredImage[]>().notNull(),
    active: boolean('active').notNull(),
    /** Grows with every change; a change names the version that it is based on. */
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
    /** Names are sorted by this, without regard to capitals. */
    nameFolded: text('name_folded').notNull().generatedAlwaysAs(sql`lower(name)`),
    searchText: tsvector('search_text').notNull().generatedAlwaysAs(SEARCH_TEXT),
  },
  (table) => [
    index('products_search_text').using('gin', table.searchText),
    index('products_name').on(sql`name_folded collate "C"`, table.id),
    index('products_price').on(table.currency, table.priceMinor, table.id),
    index('products_category').on(table.category, table.id),
    check('products_price_minor', sql`${table.priceMinor} > 0`),
    check('products_weight_grams', sql`${table.weightGrams} > 0`),
  ],
);

/** How many of a product there are. Apart from the product, so that selling rewrites no search index. */
export const stock = inventory.table(
  'stock',
  {
    productId: uuid('product_id')
      .primaryKey()
      .references(() => products.id),
    onHand: integer('on_hand').notNull().default(0),
    reserved: integer('reserved').notNull().default(0),
    sold: integer('sold').notNull().default(0),
    available: integer('available').notNull().default(0),
  },
  (table) => [
    check('stock_sum', sql`${table.onHand} = ${table.reserved} + ${table.sold} + ${table.available}`),
    check('stock_not_negative', sql`${table.reserved} >= 0 and ${table.sold} >= 0 and ${table.available} >= 0`),
  ],
);

/** Every change of `stock`, in the transaction that made it. Rows are added; a trigger refuses to change or delete any. */
export const stockMovements = inventory.table(
  'stock_movements',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    id: uuid('id').notNull().unique('stock_movements_id'),
    productId: uuid('product_id')
      .notNull()
      .references(() => stock.productId),
    kind: text('kind', { enum: MOVEMENT_KINDS }).notNull(),
    availableDelta: integer('available_delta').notNull(),
    reservedDelta: integer('reserved_delta').notNull(),
    soldDelta: integer('sold_delta').notNull(),
    reason: text('reason', { enum: ADJUSTMENT_REASONS }),
    note: text('note'),
    actorId: uuid('actor_id'),
    orderId: uuid('order_id'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('stock_movements_product').on(table.productId, table.seq),
    check('stock_movements_cause', sql`(${table.actorId} is null) <> (${table.orderId} is null)`),
  ],
);

/** A product as a change of its stock has left it; as JSON, where times are text. */
export interface StockAnswer {
  product: Omit<typeof products.$inferSelect, 'nameFolded' | 'searchText'>;
  stock: typeof stock.$inferSelect;
  /** Number of the change's entry in the stock book. */
  lastMovement: number;
}

/** What administrators changed under an idempotency key, and what they were answered, which a repetition is as well. */
export const stockChanges = inventory.table(
  'stock_changes',
  {
    actorId: uuid('actor_id').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the input that came with the key. */
    requestHash: text('request_hash').notNull(),
    /** Null only while the change is being made. */
    answer: jsonb('answer').$type<StockAnswer>(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.idempotencyKey] })],
);

/** What was set aside for an order, or asked for and refused; RELEASED without lines where the release came first. */
export const reservations = inventory.table(
  'reservations',
  {
    orderId: uuid('order_id').primaryKey(),
    status: text('status', { enum: RESERVATION_STATUSES }).notNull(),
    expiresAt: time('expires_at').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [index('reservations_expires_at').on(table.expiresAt).where(sql`status = 'RESERVED'`)],
);

export const reservationLines = inventory.table(
  'reservation_lines',
  {
    orderId: uuid('order_id')
      .notNull()
      .references(() => reservations.orderId),
    productId: uuid('product_id')
      .notNull()
      .references(() => stock.productId),
    quantity: integer('quantity').notNull(),
    /** How many of them were sent back. */
    returned: integer('returned').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.productId] }),
    check('reservation_lines_returned', sql`${table.returned} between 0 and ${table.quantity}`),
  ],
);

export const { outbox, inbox, deadLetters } = eventTables(inventory);
