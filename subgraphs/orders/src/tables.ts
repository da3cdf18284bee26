import { eventTables } from '@tributary/service-kit/tables';
import { sql } from 'drizzle-orm';
import {
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';

export const ordersSchema = pgSchema('orders');

const time = (name: string) => timestamp(name, { withTimezone: true });

export const ORDER_STATUSES = [
  'PLACED',
  'RESERVED',
  'CONFIRMED',
  'PAID',
  'CANCELLED',
  'RETURN_REQUESTED',
  'REFUNDED',
] as const;

/** What can happen to an order once it is placed. */
export const ORDER_TRIGGERS = [
  'STOCK_RESERVED',
  'STOCK_REJECTED',
  'RESERVATION_EXPIRED',
  'PAYMENT_AUTHORIZED',
  'PAYMENT_DECLINED',
  'PAYMENT_CHALLENGED',
  'PAYMENT_CAPTURED',
  'PAYMENT_REFUNDED_IN_PART',
  'PAYMENT_REFUNDED_IN_FULL',
  'CUSTOMER_CANCELLED',
  'ADMIN_CANCELLED',
  'RETURN_REQUESTED',
  'TIMED_OUT',
] as const;

/** A product of which fewer were left than an order asked for. */
export interface StockShortage {
  productId: string;
  requested: number;
  available: number;
}

/** Where an order is sent; personal data, which goes when the customer's account is closed. */
export interface StoredAddress {
  recipient: string;
  line1: string;
  line2: string | null;
  postalCode: string | null;
  city: string;
  region: string | null;
  country: string;
}

/** What this service knows of inventory's products, from their events. */
export const products = ordersSchema.table('products', {
  id: uuid('id').primaryKey(),
  sku: text('sku').notNull(),
  name: text('name').notNull(),
  priceMinor: integer('price_minor').notNull(),
  currency: text('currency').notNull(),
  weightGrams: integer('weight_grams').notNull(),
  active: boolean('active').notNull(),
  /** Of the event that the row comes from; an older event changes nothing. */
  version: integer('version').notNull(),
});

/** One a customer, or a guest's, who is known by a token alone. */
export const carts = ordersSchema.table(
  'carts',
  {
    id: uuid('id').primaryKey(),
    customerId: uuid('customer_id').unique('carts_customer_id'),
    /** SHA-256 of the guest's token, hexadecimal. */
    tokenHash: text('token_hash').unique('carts_token_hash'),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    check('carts_one_owner', sql`(${table.customerId} is null) <> (${table.tokenHash} is null)`),
    index('carts_guests_updated_at').on(table.updatedAt).where(sql`customer_id is null`),
  ],
);

export const cartLines = ordersSchema.table(
  'cart_lines',
  {
    /** UUIDv7: lines are shown in the order in which they were added. */
    id: uuid('id').primaryKey(),
    cartId: uuid('cart_id')
      .notNull()
      .references(() => carts.id, { onDelete: 'cascade' }),
    productId: uuid('product_id')
      .notNull()
      .references(() => products.id),
    quantity: integer('quantity').notNull(),
    /** What the customer saw, which may no longer be the product's price. */
    unitPriceMinor: integer('unit_price_minor').notNull(),
    currency: text('currency').notNull(),
  },
  (table) => [
    unique('cart_lines_product').on(table.cartId, table.productId),
    check('cart_lines_quantity', sql`${table.quantity} between 1 and 99`),
  ],
);

/** The number that people call an order by counts up here; a gap means nothing. */
export const orderNumbers = ordersSchema.sequence('order_numbers');

export const orders = ordersSchema.table(
  'orders',
  {
    id: uuid('id').primaryKey(),
    number: text('number').notNull().unique('orders_number'),
    customerId: uuid('customer_id').notNull(),
    status: text('status', { enum: ORDER_STATUSES }).notNull(),
    /** Grows with every change; a change names the version that it was decided upon. */
    version: integer('version').notNull().default(1),
    currency: text('currency').notNull(),
    subtotalMinor: integer('subtotal_minor').notNull(),
    shippingMinor: integer('shipping_minor').notNull(),
    totalMinor: integer('total_minor').notNull(),
    shippingAddress: jsonb('shipping_address').$type<StoredAddress>(),
    paymentMethodId: uuid('payment_method_id').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the input that came with the key; null once the address that it holds is erased. */
    requestHash: text('request_hash'),
    /** The version that `placeOrder` has answered with, and answers with again; null until it has. */
    answeredVersion: integer('answered_version'),
    placedAt: time('placed_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    paidAt: time('paid_at'),
  },
  (table) => [
    unique('orders_idempotency_key').on(table.customerId, table.idempotencyKey),
    index('orders_customer_id').on(table.customerId, table.id),
    index('orders_status').on(table.status, table.id),
    // The statuses that may time out.
    index('orders_idle').on(table.updatedAt).where(sql`status in ('PLACED', 'RESERVED')`),
    check('orders_total', sql`${table.totalMinor} = ${table.subtotalMinor} + ${table.shippingMinor}`),
  ],
);

/** What was bought, as it was then. */
export const orderLines = ordersSchema.table(
  'order_lines',
  {
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    position: integer('position').notNull(),
    productId: uuid('product_id').notNull(),
    sku: text('sku').notNull(),
    name: text('name').notNull(),
    quantity: integer('quantity').notNull(),
    unitPriceMinor: integer('unit_price_minor').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.position] })],
);

/** One row for each step of an order, also for those that left its status as it was. */
export const timeline = ordersSchema.table(
  'order_timeline',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    at: time('at').notNull(),
    status: text('status', { enum: ORDER_STATUSES }).notNull(),
    cause: text('cause', { enum: ['ORDER_PLACED', ...ORDER_TRIGGERS] }).notNull(),
    eventId: uuid('event_id'),
    note: text('note'),
    /** Of STOCK_REJECTED, as far as inventory has said. */
    shortages: jsonb('shortages').$type<StockShortage[]>(),
  },
  (table) => [index('order_timeline_order_id').on(table.orderId, table.seq)],
);

/** How many of each product of an order its customer has asked to send back. */
export const returnLines = ordersSchema.table(
  'return_lines',
  {
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    returnId: uuid('return_id').notNull(),
    productId: uuid('product_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.returnId, table.productId] })],
);

/** Returns that were granted, with what was answered: who sends the key again is given it again, and no second return. */
export const returnRequests = ordersSchema.table(
  'return_requests',
  {
    returnId: uuid('return_id').primaryKey(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the input that came with the key; null once the reason that it holds is erased. */
    requestHash: text('request_hash'),
    refundMinor: integer('refund_minor').notNull(),
    /** The version of the order that was answered. */
    answeredVersion: integer('answered_version').notNull(),
  },
  (table) => [unique('return_requests_idempotency_key').on(table.orderId, table.idempotencyKey)],
);

/** What payments said it has given back; the id makes a repeated message count once. */
export const refunds = ordersSchema.table(
  'refunds',
  {
    refundId: uuid('refund_id').primaryKey(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    amountMinor: integer('amount_minor').notNull(),
  },
  (table) => [index('refunds_order_id').on(table.orderId)],
);

/** Customers who are gone: an access token outlives its account by minutes, and must not fill a new cart. */
export const closedAccounts = ordersSchema.table('closed_accounts', { customerId: uuid('customer_id').primaryKey() });

export const { outbox, inbox, deadLetters } = eventTables(ordersSchema);
