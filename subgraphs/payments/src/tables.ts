import { eventTables } from '@tributary/service-kit/tables';
import { type SQL, sql } from 'drizzle-orm';
import {
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

const TRANSACTION_KINDS = ['CAPTURE', 'REFUND_PROMISED', 'REFUND_PAID', 'REFUND_REVERSED', 'REFUND_FAILED'] as const;

/** How the provider's books can differ from ours. */
export const DIFFERENCE_KINDS = [
  'CAPTURE_NOT_IN_LEDGER',
  'CAPTURE_NOT_AT_PROVIDER',
  'CHARGED_TWICE',
  'AUTHORIZATION_LEFT_OPEN',
  'REFUND_NOT_IN_LEDGER',
  'REFUND_NOT_AT_PROVIDER',
  'REFUNDED_TWICE',
  'REFUND_REVERSED',
  'AMOUNT_DIFFERS',
  'BOOKS_DISAGREE',
] as const;

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
    /** Of a test card of the sandbox, which any wallet may hold, and any number of times. */
    isShared: boolean('is_shared').notNull().default(false),
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
    uniqueIndex('payment_methods_token').on(table.token).where(sql`not is_shared`),
    uniqueIndex('payment_methods_one_default').on(table.userId).where(sql`is_default`),
    check('payment_methods_last4', sql`${table.last4} ~ '^[0-9]{4}$'`),
  ],
);

/** Cards that the provider still has to let go of: no wallet holds them any more. */
export const removedCards = paymentsSchema.table(
  'removed_cards',
  {
    token: text('token').primaryKey(),
    taskDueAt: time('task_due_at').notNull().defaultNow(),
    taskAttempts: integer('task_attempts').notNull().default(0),
  },
  (table) => [index('removed_cards_due').on(table.taskDueAt)],
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

const REFUND_STATUSES = ['PENDING', 'SUCCEEDED', 'FAILED'] as const;

/** The payment of a refund as it was when the refund was made. */
export interface RefundAnswer {
  readonly status: (typeof PAYMENT_STATUSES)[number];
  readonly refundedMinor: number;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** The refunds that it showed, newest first. */
  readonly refunds: readonly { readonly id: string; readonly status: (typeof REFUND_STATUSES)[number] }[];
}

export const refunds = paymentsSchema.table(
  'refunds',
  {
    /** Also the idempotency key by which the provider knows it. */
    id: uuid('id').primaryKey(),
    paymentId: uuid('payment_id')
      .notNull()
      .references(() => payments.id),
    amountMinor: integer('amount_minor').notNull(),
    status: text('status', { enum: REFUND_STATUSES }).notNull(),
    cause: text('cause', { enum: ['RETURN', 'CANCELLATION', 'ADMIN'] }).notNull(),
    reason: text('reason'),
    /** What must not make a second refund: an administrator's key, the event of a return, a void. */
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of the input that came with an administrator's key. */
    requestHash: text('request_hash'),
    /** What was answered to it, as far as it can have changed since: the key gives the same answer again. */
    answer: jsonb('answer').$type<RefundAnswer>(),
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
    index('ledger_transactions_reversals').on(table.paymentId).where(sql`kind = 'REFUND_REVERSED'`),
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

/** What Stripe calls a charge. Null for a key that was voided before there was one: it is never charged. */
export const stripeCharges = paymentsSchema.table('stripe_charges', {
  key: uuid('key').primaryKey(),
  intentId: text('intent_id'),
});

/** Comparisons of our books with the provider's. */
export const reconciliationRuns = paymentsSchema.table('reconciliation_runs', {
  id: uuid('id').primaryKey(),
  /** Which turn of the clock it is for: of all instances, one takes it. */
  slot: time('slot').notNull().unique(),
  /** How far back it looked. */
  since: time('since').notNull(),
  startedAt: time('started_at').notNull().defaultNow(),
  /** Null while it runs, and for one that failed. */
  finishedAt: time('finished_at'),
  /** Of the provider's statement. */
  entries: integer('entries'),
});

/** Never changed and never deleted, as the ledger. */
export const reconciliationDifferences = paymentsSchema.table(
  'reconciliation_differences',
  {
    id: uuid('id').primaryKey(),
    runId: uuid('run_id')
      .notNull()
      .references(() => reconciliationRuns.id),
    kind: text('kind', { enum: DIFFERENCE_KINDS }).notNull(),
    /** Of the charge or the refund: our id, or the provider's where it is of somebody else's making. */
    key: text('key').notNull(),
    /** Null where we know of no payment. */
    paymentId: uuid('payment_id'),
    ourStatus: text('our_status'),
    ourMinor: integer('our_minor'),
    ourCurrency: text('our_currency'),
    providerStatus: text('provider_status'),
    providerMinor: integer('provider_minor'),
    providerCurrency: text('provider_currency'),
    /** When what differs came about, on the side that has it. */
    at: time('at').notNull(),
    foundAt: time('found_at').notNull().defaultNow(),
  },
  (table) => [index('reconciliation_differences_run').on(table.runId)],
);

/** A difference is open until a later run that looked at its time does not find it; this says which. */
export const reconciliationResolutions = paymentsSchema.table('reconciliation_resolutions', {
  differenceId: uuid('difference_id')
    .primaryKey()
    .references(() => reconciliationDifferences.id),
  runId: uuid('run_id')
    .notNull()
    .references(() => reconciliationRuns.id),
});

export const { outbox, inbox, deadLetters } = eventTables(paymentsSchema);

/** The column is set in that status and in no other. */
function statusWith(status: string, column: object): SQL {
  return sql`(status = ${sql.raw(`'${status}'`)}) = (${column} is not null)`;
}
