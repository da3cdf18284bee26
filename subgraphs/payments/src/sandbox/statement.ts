import type { DatabaseSync } from 'node:sqlite';

/** A line of the statement, as the API gives it. */
interface StatementLine {
  kind: 'CHARGE' | 'REFUND';
  key: string;
  status: string;
  amountMinor: number;
  currency: string;
  /** When it came to be what it is. */
  at: string;
}

export interface StatementPage {
  entries: StatementLine[];
  /** What to send as `after` for the next page; null when this is the last. */
  next: number | null;
}

export type ReadStatement = (page: { since: string; after: number; limit: number }) => StatementPage;

/**
 * Charges and refunds that have changed since a time, in the order in which they were made: that place never changes,
 * so paging misses none.
 */
export function createStatement(db: DatabaseSync): ReadStatement {
  const select = db.prepare(`
    SELECT * FROM (
      SELECT 'CHARGE' AS kind, key, status, amount_minor AS amountMinor, currency, changed_at AS at, position
        FROM charges WHERE card IS NOT NULL
      UNION ALL
      SELECT 'REFUND', refunds.key, refunds.status, refunds.amount_minor, charges.currency, refunds.at, refunds.position
        FROM refunds JOIN charges ON charges.key = refunds.charge_key
    )
    WHERE at >= ? AND position > ? ORDER BY position LIMIT ?`);
  return ({ since, after, limit }) => {
    const rows = select.all(since, after, limit + 1) as unknown as (StatementLine & { position: number })[];
    const entries = rows.slice(0, limit);
    return {
      entries: entries.map(({ position: _, ...entry }) => entry),
      next: rows.length > limit ? (entries.at(-1)?.position ?? null) : null,
    };
  };
}
