import { eventTables } from '@tributary/service-kit/tables';
import { type SQL, sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

export const paymentsSchema = pgSchema('payments');

const time = (name: string) => timestamp(name, { withTimezone: true });

export const PAYMENT_STATUSES = [
  'PENDING',
  'CHALLENGED',
  'AUTHORIZED',
  'CAPTURED',
  'DECLINED',
  'VOIDING',
  'VOIDED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
] as const;

export const DECLINE_REASONS = [
  'CARD_DECLINED',
  'INSUFFICIENT_FUNDS',
  'PAYMENT_METHOD_UNAVAILABLE',
  'CHALLENGE_FAILED',
  'CHALLENGE_EXPIRED',
  'AUTHORIZATION_EXPIRED',
  'CAPTURE_FAILED',
] as const;

/** What the worker does next about a payment at the provider. */
const PAYMENT_TASKS = ['AUTHORIZE', 'EXPIRE_CHALLENGE', 'CAPTURE', 'VOID'] as const;

export const ACCOUNTS = ['PROVIDER_CLEARING', 'SALES_REVENUE', 'SALES_RETURNS', 'REFUNDS_PAYABLE'] as const;

const TRANSACTION_KINDS = ['CAPTURE', 'REFUND_PROMISED', 'REFUND_PAID', 'REFUND_FAILED'] as const;

/** One a user who ever had a payment method; its lock keeps changes of one wallet apart. */
export const wallets = paymentsSchema.table('wallets', {
  userId: uuid('user_id').primaryKey(),
  /** An access token outlives its account by minutes, and must not fill the wallet again. */
  closedAt: time('closed_at'),
});

export const paymentMethods = paymentsSchema.table(
  'payment_methods',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => wallets.userId),
    /** What the provider knows the card by. */
    token: text('token').notNull(),
    brand: text('brand').notNull(),
    last4: text('last4').notNull(),
    expiryMonth: integer('expiry_month').notNull(),
    expiryYear: integer('expiry_year').notNull(),
    label: text('label'),
    isDefault: boolean('is_default').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('payment_methods_user').on(table.userId, table.id),
    uniqueIndex('payment_methods_one_default').on(table.userId).where(sql`is_default`),
    check('payment_methods_last4', sql`${table.last4} ~ '^[0-9]{4}$'`),
  ],
);

/** What this service has heard of orders: their payment may be called off before it is asked for. */
export const orders = paymentsSchema.table('orders', {
  id: uuid('id').primaryKey(),
  voidedAt: time('voided_at'),
});

/** When the worker is to act, and how often it has; a task that it has taken is not due until its lease is over. */
const taskColumns = () => ({
  taskDueAt: time('task_due_at'),
  taskAttempts: integer('task_attempts').notNull().default(0),
  /** Of what made the row: its task goes on in that trace. */
  traceparent: text('traceparent'),
});

export const payments = paymentsSchema.table(
  'payments',
  {
    /** Also the idempotency key by which the provider knows it. */
    id: uuid('id').primaryKey(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    attempt: integer('attempt').notNull(),
    customerId: uuid('customer_id').notNull(),
    paymentMethodId: uuid('payment_method_id').notNull(),
    /** What may be shown of the card; null once the customer's account is closed. */
    cardBrand: text('card_brand'),
    cardLast4: text('card_last4'),
    status: text('status', { enum: PAYMENT_STATUSES }).notNull(),
    /** Grows with every change; a change names the version that it was decided upon. */
    version: integer('version').notNull().default(1),
    currency: text('currency').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    capturedMinor: integer('captured_minor').notNull().default(0),
    /** Refunds that were asked for and have not failed, those that are paid included. */
    promisedMinor: integer('promised_minor').notNull().default(0),
    refundedMinor: integer('refunded_minor').notNull().default(0),
    declineReason: text('decline_reason', { enum: DECLINE_REASONS }),
    challengeUrl: text('challenge_url'),
    challengeInstructions: text('challenge_instructions'),
    challengeExpiresAt: time('challenge_expires_at'),
    task: text('task', { enum: PAYMENT_TASKS }),
    ...taskColumns(),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    unique('payments_order_attempt').on(table.orderId, table.attempt),
    index('payments_status').on(table.status, table.id),
    index('payments_customer').on(table.customerId),
    index('payments_due').on(table.taskDueAt).where(sql`task is not null`),
    check('payments_amount', sql`${table.amountMinor} > 0`),
    check('payments_captured', sql`${table.capturedMinor} in (0, ${table.amountMinor})`),
    check(
      'payments_refunds_within_captures',
      sql`0 <= ${table.refundedMinor} and ${table.refundedMinor} <= ${table.promisedMinor} and ${table.promisedMinor} <= ${table.capturedMinor}`,
    ),
    check('payments_task_is_due', sql`(${table.task} is null) = (${table.taskDueAt} is null)`),
    check('payments_declined_with_reason', statusWith('DECLINED', table.declineReason)),
    check('payments_challenged_until', statusWith('CHALLENGED', table.challengeExpiresAt)),
  ],
);

export const refunds = paymentsSchema.table(
  'refunds',
  {
    /** Also the idempotency key by which the provider knows it. */
    id: uuid('id').primaryKey(),
    paymentId: uuid('payment_id')
      .notNull()
      .references(() => payments.id),
    amountMinor: integer('amount_minor').notNull(),
    status: text('status', { enum: ['PENDING', 'SUCCEEDED', 'FAILED'] }).notNull(),
    cause: text('cause', { enum: ['RETURN', 'CANCELLATION', 'ADMIN'] }).notNull(),
    reason: text('reason'),
    /** What must not make a second refund: an administrator's key, the event of a return, a void. */
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the input that came with an administrator's key. */
    requestHash: text('request_hash'),
    ...taskColumns(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('refunds_idempotency_key').on(table.idempotencyKey),
    index('refunds_payment').on(table.paymentId, table.id),
    index('refunds_due').on(table.taskDueAt).where(sql`status = 'PENDING'`),
    check('refunds_amount', sql`${table.amountMinor} > 0`),
    check('refunds_pending_is_due', statusWith('PENDING', table.taskDueAt)),
  ],
);

/** Never changed and never deleted; the migration's triggers see to it, and that each transaction balances. */
export const ledgerTransactions = paymentsSchema.table(
  'ledger_transactions',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind', { enum: TRANSACTION_KINDS }).notNull(),
    paymentId: uuid('payment_id')
      .notNull()
      .references(() => payments.id),
    /** The payment, or the refund, that is recorded. */
    reference: uuid('reference').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    currency: text('currency').notNull(),
    postedAt: time('posted_at').notNull().defaultNow(),
  },
  (table) => [
    unique('ledger_transactions_once').on(table.paymentId, table.kind, table.reference),
    check('ledger_transactions_amount', sql`${table.amountMinor} > 0`),
  ],
);

export const ledgerEntries = paymentsSchema.table(
  'ledger_entries',
  {
    transactionId: uuid('transaction_id')
      .notNull()
      .references(() => ledgerTransactions.id),
    position: integer('position').notNull(),
    account: text('account', { enum: ACCOUNTS }).notNull(),
    side: text('side', { enum: ['DEBIT', 'CREDIT'] }).notNull(),
    amountMinor: integer('amount_minor').notNull(),
    currency: text('currency').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.transactionId, table.position] }),
    index('ledger_entries_account').on(table.account, table.currency),
    check('ledger_entries_amount', sql`${table.amountMinor} > 0`),
    check('ledger_entries_side', sql`${table.side} in ('DEBIT', 'CREDIT')`),
  ],
);

/** The sandbox provider's own books: the outside world, which no other table refers to. */
export const sandboxCharges = paymentsSchema.table('sandbox_charges', {
  key: text('key').primaryKey(),
  /** The test card's name; null for a key that was voided before anything was charged. */
  card: text('card'),
  amountMinor: integer('amount_minor').notNull(),
  refundedMinor: integer('refunded_minor').notNull().default(0),
  status: text('status', { enum: ['CHALLENGED', 'AUTHORIZED', 'DECLINED', 'CAPTURED', 'VOIDED'] }).notNull(),
  declineReason: text('decline_reason', { enum: DECLINE_REASONS }),
  wrongCodes: integer('wrong_codes').notNull().default(0),
});

export const sandboxRefunds = paymentsSchema.table('sandbox_refunds', {
  key: text('key').primaryKey(),
  chargeKey: text('charge_key').notNull(),
  amountMinor: integer('amount_minor').notNull(),
});

export const { outbox, inbox, deadLetters } = eventTables(paymentsSchema);

/** The column is set in that status and in no other. */
function statusWith(status: string, column: object): SQL {
  return sql`(status = ${sql.raw(`'${status}'`)}) = (${column} is not null)`;
}
