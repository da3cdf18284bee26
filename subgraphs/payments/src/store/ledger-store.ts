import type { Db } from '@tributary/service-kit';
import { and, asc, desc, eq, inArray, lt, lte, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { ledgerEntries, ledgerTransactions } from '../tables.ts';

export type LedgerTransactionRow = typeof ledgerTransactions.$inferSelect;
export type LedgerEntryRow = typeof ledgerEntries.$inferSelect;

/** Writes a transaction with its entries. Throws when what it records is recorded already. */
export async function insertLedgerTransaction(
  tx: Db,
  row: Omit<LedgerTransactionRow, 'postedAt'>,
  entries: readonly Pick<LedgerEntryRow, 'account' | 'side'>[],
): Promise<void> {
  const { id: transactionId, amountMinor, currency } = row;
  await tx.insert(ledgerTransactions).values(row);
  await tx
    .insert(ledgerEntries)
    .values(entries.map((entry, position) => ({ ...entry, transactionId, position, amountMinor, currency })));
}

export interface AccountSums {
  account: LedgerEntryRow['account'];
  currency: string;
  /** Whole numbers as text. */
  debitsMinor: string;
  creditsMinor: string;
  balanceMinor: string;
}

/** By currency and account; of what was booked until `asOf`, or ever. */
export function sumAccounts(db: Db, asOf?: Date): Promise<AccountSums[]> {
  const sumWhere = (condition: ReturnType<typeof sql>) =>
    sql<string>`coalesce(sum(${ledgerEntries.amountMinor}) filter (where ${condition}), 0)::text`;
  const isDebit = eq(ledgerEntries.side, 'DEBIT');
  return db
    .select({
      account: ledgerEntries.account,
      currency: ledgerEntries.currency,
      debitsMinor: sumWhere(isDebit),
      creditsMinor: sumWhere(eq(ledgerEntries.side, 'CREDIT')),
      balanceMinor: sql<string>`sum(case when ${isDebit} then ${ledgerEntries.amountMinor}::bigint else -${ledgerEntries.amountMinor}::bigint end)::text`,
    })
    .from(ledgerEntries)
    .innerJoin(ledgerTransactions, eq(ledgerTransactions.id, ledgerEntries.transactionId))
    .where(asOf === undefined ? undefined : lte(ledgerTransactions.postedAt, asOf))
    .groupBy(ledgerEntries.account, ledgerEntries.currency)
    .orderBy(asc(ledgerEntries.currency), asc(ledgerEntries.account));
}

/** Newest first. */
export function listLedgerTransactions(
  db: Db,
  { after, paymentId, limit }: { after: string | undefined; paymentId: string | undefined; limit: number },
): Promise<LedgerTransactionRow[]> {
  const equals = (column: PgColumn, value: string | undefined) => (value === undefined ? undefined : eq(column, value));
  return db
    .select()
    .from(ledgerTransactions)
    .where(
      and(
        after === undefined ? undefined : lt(ledgerTransactions.id, after),
        equals(ledgerTransactions.paymentId, paymentId),
      ),
    )
    .orderBy(desc(ledgerTransactions.id))
    .limit(limit);
}

export const listLedgerEntries = (db: Db, transactionIds: readonly string[]): Promise<LedgerEntryRow[]> =>
  db
    .select()
    .from(ledgerEntries)
    .where(inArray(ledgerEntries.transactionId, [...transactionIds]))
    .orderBy(asc(ledgerEntries.transactionId), asc(ledgerEntries.position));
