import type { Db } from '@tributary/service-kit';
import { and, asc, eq, getTableColumns, gt, gte, inArray, isNull, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { ledgerTransactions, payments, refunds } from '../tables.ts';
import type { LedgerTransactionRow } from './ledger-store.ts';

// What reconciliation compares: our payments and refunds, each with what the ledger says of it.

const booked = alias(ledgerTransactions, 'booked');
const reversed = alias(ledgerTransactions, 'reversed');

/** What was booked back of the refund that `transaction` has paid. */
const reversalOf = (transaction: typeof ledgerTransactions | typeof booked) =>
  and(
    eq(reversed.paymentId, transaction.paymentId),
    eq(reversed.kind, 'REFUND_REVERSED'),
    eq(reversed.reference, transaction.reference),
  );

/** A payment of ours; the `booked` fields are the ledger's capture, null while there is none. */
export interface BookedCharge {
  id: string;
  status: typeof payments.$inferSelect.status;
  amountMinor: number;
  currency: string;
  updatedAt: Date;
  bookedMinor: number | null;
  bookedCurrency: string | null;
}

export const findBookedCharges = (db: Db, ids: readonly string[]): Promise<BookedCharge[]> =>
  db
    .select({
      id: payments.id,
      status: payments.status,
      amountMinor: payments.amountMinor,
      currency: payments.currency,
      updatedAt: payments.updatedAt,
      bookedMinor: booked.amountMinor,
      bookedCurrency: booked.currency,
    })
    .from(payments)
    .leftJoin(booked, and(eq(booked.paymentId, payments.id), eq(booked.kind, 'CAPTURE')))
    .where(inArray(payments.id, [...ids]));

/** A refund of ours; the `booked` fields are the ledger's payment of it, null while there is none, or it is reversed. */
export interface BookedRefund {
  id: string;
  paymentId: string;
  status: typeof refunds.$inferSelect.status;
  amountMinor: number;
  currency: string;
  bookedMinor: number | null;
  bookedCurrency: string | null;
}

export const findBookedRefunds = (db: Db, ids: readonly string[]): Promise<BookedRefund[]> =>
  db
    .select({
      id: refunds.id,
      paymentId: refunds.paymentId,
      status: refunds.status,
      amountMinor: refunds.amountMinor,
      currency: payments.currency,
      bookedMinor: sql<number | null>`case when ${reversed.id} is null then ${booked.amountMinor} end`,
      bookedCurrency: booked.currency,
    })
    .from(refunds)
    .innerJoin(payments, eq(payments.id, refunds.paymentId))
    .leftJoin(
      booked,
      and(eq(booked.paymentId, refunds.paymentId), eq(booked.kind, 'REFUND_PAID'), eq(booked.reference, refunds.id)),
    )
    .leftJoin(reversed, reversalOf(booked))
    .where(inArray(refunds.id, [...ids]));

/** What the ledger says was moved at the provider and not moved back, in the order of its ids, of a time. */
export const listBookedMoves = (
  db: Db,
  { from, until, after, limit }: { from: Date; until: Date; after: string | undefined; limit: number },
) =>
  db
    .select(getTableColumns(ledgerTransactions))
    .from(ledgerTransactions)
    .leftJoin(reversed, reversalOf(ledgerTransactions))
    .where(
      and(
        isNull(reversed.id),
        inArray(ledgerTransactions.kind, ['CAPTURE', 'REFUND_PAID']),
        gte(ledgerTransactions.postedAt, from),
        lte(ledgerTransactions.postedAt, until),
        after === undefined ? undefined : gt(ledgerTransactions.id, after),
      ),
    )
    .orderBy(asc(ledgerTransactions.id))
    .limit(limit);

/** Payments that were changed since then and whose sums are not the ledger's, in the order of their ids. */
export function listPaymentsUnlikeLedger(
  db: Db,
  { from, after, limit }: { from: Date; after: string | undefined; limit: number },
) {
  const sumOf = (kind: LedgerTransactionRow['kind']) =>
    sql`coalesce(sum(${booked.amountMinor}) filter (where ${booked.kind} = ${kind}), 0)`;
  const refunded = sql`(${sumOf('REFUND_PAID')} - ${sumOf('REFUND_REVERSED')})`;
  return db
    .select({
      id: payments.id,
      status: payments.status,
      currency: payments.currency,
      updatedAt: payments.updatedAt,
      heldMinor: sql<number>`${payments.capturedMinor} - ${payments.refundedMinor}`,
      bookedMinor: sql<number>`(${sumOf('CAPTURE')} - ${refunded})::int`,
    })
    .from(payments)
    .leftJoin(booked, eq(booked.paymentId, payments.id))
    .where(and(gte(payments.updatedAt, from), after === undefined ? undefined : gt(payments.id, after)))
    .groupBy(payments.id)
    .having(sql`${payments.capturedMinor} <> ${sumOf('CAPTURE')} or ${payments.refundedMinor} <> ${refunded}`)
    .orderBy(asc(payments.id))
    .limit(limit);
}

/**
 * Payments of which refunds were reversed until then, and as much was not refunded anew, in the order of their ids.
 * `lackingMinor` is what the customer was told of and has not got, `firstAt` the time of the first reversal.
 */
export function listUnrepairedReversals(
  db: Db,
  { until, after, limit }: { until: Date; after: string | undefined; limit: number },
) {
  const reversals = db
    .select({
      paymentId: ledgerTransactions.paymentId,
      sumMinor: sql`sum(${ledgerTransactions.amountMinor})`.as('sum_minor'),
      firstAt: sql`min(${ledgerTransactions.postedAt})`.mapWith(ledgerTransactions.postedAt).as('first_at'),
    })
    .from(ledgerTransactions)
    .where(and(eq(ledgerTransactions.kind, 'REFUND_REVERSED'), lte(ledgerTransactions.postedAt, until)))
    .groupBy(ledgerTransactions.paymentId)
    .as('reversals');
  const paidSince = and(
    eq(refunds.paymentId, payments.id),
    eq(refunds.status, 'SUCCEEDED'),
    gt(refunds.createdAt, reversals.firstAt),
  );
  const lacking = sql<number>`least(
    ${reversals.sumMinor} - coalesce(sum(${refunds.amountMinor}), 0), ${payments.capturedMinor} - ${payments.refundedMinor}
  )::int`;
  return db
    .select({
      id: payments.id,
      status: payments.status,
      currency: payments.currency,
      lackingMinor: lacking,
      firstAt: reversals.firstAt,
    })
    .from(reversals)
    .innerJoin(payments, eq(payments.id, reversals.paymentId))
    .leftJoin(refunds, paidSince)
    .where(after === undefined ? undefined : gt(payments.id, after))
    .groupBy(payments.id, reversals.sumMinor, reversals.firstAt)
    .having(sql`${lacking} > 0`)
    .orderBy(asc(payments.id))
    .limit(limit);
}
