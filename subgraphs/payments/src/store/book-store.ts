import type { Db } from '@tributary/service-kit';
import { and, asc, eq, gt, gte, inArray, lt, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { ledgerTransactions, payments, refunds } from '../tables.ts';

// What reconciliation compares: our payments and refunds, each with what the ledger says of it.

const booked = alias(ledgerTransactions, 'booked');

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

/** A refund of ours; the `booked` fields are the ledger's payment of it, null while there is none. */
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
      bookedMinor: booked.amountMinor,
      bookedCurrency: booked.currency,
    })
    .from(refunds)
    .innerJoin(payments, eq(payments.id, refunds.paymentId))
    .leftJoin(
      booked,
      and(eq(booked.paymentId, refunds.paymentId), eq(booked.kind, 'REFUND_PAID'), eq(booked.reference, refunds.id)),
    )
    .where(inArray(refunds.id, [...ids]));

/** What the ledger says was moved at the provider, in the order of its ids, of a time. */
export const listBookedMoves = (
  db: Db,
  { from, until, after, limit }: { from: Date; until: Date; after: string | undefined; limit: number },
) =>
  db
    .select()
    .from(ledgerTransactions)
    .where(
      and(
        inArray(ledgerTransactions.kind, ['CAPTURE', 'REFUND_PAID']),
        gte(ledgerTransactions.postedAt, from),
        lte(ledgerTransactions.postedAt, until),
        after === undefined ? undefined : gt(ledgerTransactions.id, after),
      ),
    )
    .orderBy(asc(ledgerTransactions.id))
    .limit(limit);

/** Payments that were changed in a time and whose sums are not the ledger's. */
export function listPaymentsUnlikeLedger(db: Db, from: Date, until: Date, limit: number) {
  const sumOf = (kind: 'CAPTURE' | 'REFUND_PAID') =>
    sql<number>`coalesce(sum(${booked.amountMinor}) filter (where ${booked.kind} = ${kind}), 0)::int`;
  return db
    .select({
      id: payments.id,
      status: payments.status,
      currency: payments.currency,
      updatedAt: payments.updatedAt,
      heldMinor: sql<number>`${payments.capturedMinor} - ${payments.refundedMinor}`,
      bookedMinor: sql<number>`${sumOf('CAPTURE')} - ${sumOf('REFUND_PAID')}`,
    })
    .from(payments)
    .leftJoin(booked, eq(booked.paymentId, payments.id))
    .where(and(gte(payments.updatedAt, from), lt(payments.updatedAt, until)))
    .groupBy(payments.id)
    .having(
      sql`${payments.capturedMinor} <> ${sumOf('CAPTURE')} or ${payments.refundedMinor} <> ${sumOf('REFUND_PAID')}`,
    )
    .limit(limit);
}
