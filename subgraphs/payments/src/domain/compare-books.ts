import { type Db, isId } from '@tributary/service-kit';
import type { StatementEntry } from '../provider/payment-provider.ts';
import {
  type BookedCharge,
  type BookedRefund,
  findBookedCharges,
  findBookedRefunds,
  listBookedMoves,
  listPaymentsUnlikeLedger,
  listUnrepairedReversals,
} from '../store/book-store.ts';
import type { Difference } from '../store/reconciliation-store.ts';

/** Of entries, and of rows, at once. */
const BATCH = 500;

export interface ComparedTime {
  /** What the provider has older is looked up in, and not compared again. */
  since: Date;
  /** Our records from here on are looked for at the provider, whose statement reaches back further. */
  from: Date;
  /** What has changed later is left out, on both sides. */
  until: Date;
}

/** What a comparison tells beside the differences. */
export interface Comparison {
  /** Of the statement, so far. */
  entries: number;
  /** Charges and refunds of which nothing can be said yet, by key: one side has changed after `until`. */
  readonly leftOut: Set<string>;
}

/** What the provider has, by key. */
interface AtProvider {
  readonly statusOf: Map<string, StatementEntry['status']>;
  /** Charges that were captured and refunds that were paid. */
  readonly moved: Set<string>;
  /** Refunds that have failed, and are told of as such. */
  readonly failed: Set<string>;
}

/**
 * Compares the provider's statement with our payments, refunds and ledger. Reads only; the differences come as they are
 * found.
 *
 * @param comparison is filled on the way
 */
export async function* compareBooks(
  db: Db,
  statement: AsyncIterable<StatementEntry>,
  time: ComparedTime,
  comparison: Comparison,
): AsyncIterable<Difference> {
  const provider: AtProvider = { statusOf: new Map(), moved: new Set(), failed: new Set() };
  for await (const batch of batches(statement)) {
    const charges = byId(await findBookedCharges(db, idsOf(batch, 'CHARGE')));
    const refunds = byId(await findBookedRefunds(db, idsOf(batch, 'REFUND')));
    for (const entry of batch) {
      comparison.entries++;
      const { key, kind, status, at } = entry;
      const movesAgain = isMoved(entry) && provider.moved.has(key);
      provider.statusOf.set(key, status);
      if (isMoved(entry)) provider.moved.add(key);
      const [charge, refund] = [charges.get(key), refunds.get(key)];
      if (at > time.until || (kind === 'CHARGE' && charge !== undefined && charge.updatedAt > time.until)) {
        comparison.leftOut.add(key);
      } else if (at >= time.since) {
        const difference = kind === 'CHARGE' ? chargeDifference(entry, charge) : refundDifference(entry, refund);
        if (difference !== undefined) yield difference;
        if (difference?.kind === 'REFUND_NOT_AT_PROVIDER') provider.failed.add(key);
        if (movesAgain && kind === 'CHARGE') yield differenceOf('CHARGED_TWICE', entry, charge, charge?.id);
        if (movesAgain && kind === 'REFUND') yield differenceOf('REFUNDED_TWICE', entry, refund, refund?.paymentId);
      }
    }
  }
  yield* missingAtProvider(db, time, provider, comparison.leftOut);
  yield* unlikeLedger(db, time);
  yield* unrepairedReversals(db, time);
}

const isMoved = ({ status }: StatementEntry) => status === 'CAPTURED' || status === 'SUCCEEDED';

/** Between an entry of the statement and what we have of the same key. */
const differenceOf = (
  kind: Difference['kind'],
  { key, at, status, amountMinor, currency }: StatementEntry,
  ours: Pick<BookedCharge | BookedRefund, 'status' | 'amountMinor' | 'currency'> | undefined,
  paymentId: string | undefined,
): Difference => ({
  kind,
  key,
  paymentId: paymentId ?? null,
  at,
  ourStatus: ours?.status ?? null,
  ourMinor: ours?.amountMinor ?? null,
  ourCurrency: ours?.currency ?? null,
  providerStatus: status,
  providerMinor: amountMinor,
  providerCurrency: currency,
});

function chargeDifference(entry: StatementEntry, ours: BookedCharge | undefined): Difference | undefined {
  const difference = (kind: Difference['kind']) => differenceOf(kind, entry, ours, ours?.id);
  if (entry.status === 'CAPTURED') {
    if (ours === undefined || ours.bookedMinor === null) return difference('CAPTURE_NOT_IN_LEDGER');
    const isSame = ours.bookedMinor === entry.amountMinor && ours.bookedCurrency === entry.currency;
    return isSame ? undefined : difference('AMOUNT_DIFFERS');
  }
  if (entry.status !== 'AUTHORIZED' && entry.status !== 'CHALLENGED') return undefined;
  if (ours === undefined || ours.status === 'VOIDED' || ours.status === 'DECLINED') {
    return difference('AUTHORIZATION_LEFT_OPEN');
  }
  const isSame = ours.amountMinor === entry.amountMinor && ours.currency === entry.currency;
  return isSame ? undefined : difference('AMOUNT_DIFFERS');
}

function refundDifference(entry: StatementEntry, ours: BookedRefund | undefined): Difference | undefined {
  const difference = (kind: Difference['kind']) => differenceOf(kind, entry, ours, ours?.paymentId);
  if (ours === undefined || ours.bookedMinor === null) {
    return entry.status === 'SUCCEEDED' ? difference('REFUND_NOT_IN_LEDGER') : undefined;
  }
  // It may have failed long after it was paid, when the ledger's record is out of sight.
  if (entry.status !== 'SUCCEEDED') return difference('REFUND_NOT_AT_PROVIDER');
  const isSame = ours.bookedMinor === entry.amountMinor && ours.bookedCurrency === entry.currency;
  return isSame ? undefined : difference('AMOUNT_DIFFERS');
}

/** What the ledger has moved at the provider, and the statement has not. */
async function* missingAtProvider(
  db: Db,
  time: ComparedTime,
  { statusOf, moved, failed }: AtProvider,
  leftOut: ReadonlySet<string>,
): AsyncIterable<Difference> {
  const all = pages((after) => listBookedMoves(db, { ...time, after, limit: BATCH }));
  for await (const { kind, reference: key, paymentId, amountMinor, currency, postedAt } of all) {
    if (moved.has(key) || failed.has(key) || leftOut.has(key)) continue;
    yield {
      kind: kind === 'CAPTURE' ? 'CAPTURE_NOT_AT_PROVIDER' : 'REFUND_NOT_AT_PROVIDER',
      key,
      paymentId,
      at: postedAt,
      ourStatus: kind,
      ourMinor: amountMinor,
      ourCurrency: currency,
      providerStatus: statusOf.get(key) ?? null,
      providerMinor: null,
      providerCurrency: null,
    };
  }
}

/** Where a payment's own sums are not the ledger's: what would be the provider's side is the ledger's here. */
async function* unlikeLedger(db: Db, { from }: ComparedTime): AsyncIterable<Difference> {
  // Both are changed in one transaction: nothing is too young.
  const all = pages((after) => listPaymentsUnlikeLedger(db, { from, after, limit: BATCH }));
  for await (const { id, status, currency, updatedAt, heldMinor, bookedMinor } of all) {
    yield {
      kind: 'BOOKS_DISAGREE',
      key: id,
      paymentId: id,
      at: updatedAt,
      ourStatus: status,
      ourMinor: heldMinor,
      ourCurrency: currency,
      providerStatus: null,
      providerMinor: bookedMinor,
      providerCurrency: null,
    };
  }
}

/** Refunds that everybody was told of and that have failed since. Of any age: people may need longer than a window. */
async function* unrepairedReversals(db: Db, { until }: ComparedTime): AsyncIterable<Difference> {
  const all = pages((after) => listUnrepairedReversals(db, { until, after, limit: BATCH }));
  for await (const { id, status, currency, lackingMinor, firstAt } of all) {
    yield {
      kind: 'REFUND_REVERSED',
      key: id,
      paymentId: id,
      at: firstAt,
      ourStatus: status,
      ourMinor: lackingMinor,
      ourCurrency: currency,
      providerStatus: null,
      providerMinor: null,
      providerCurrency: null,
    };
  }
}

/** Follows rows in the order of their ids to their end. */
async function* pages<T extends { id: string }>(list: (after: string | undefined) => Promise<T[]>): AsyncIterable<T> {
  for (let after: string | undefined, more = true; more; ) {
    const page = await list(after);
    yield* page;
    after = page.at(-1)?.id;
    more = page.length === BATCH;
  }
}

async function* batches<T>(all: AsyncIterable<T>): AsyncIterable<T[]> {
  let batch: T[] = [];
  for await (const each of all) {
    batch.push(each);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** What is no id of ours is nothing of ours. */
const idsOf = (entries: readonly StatementEntry[], kind: StatementEntry['kind']): string[] =>
  entries.filter((entry) => entry.kind === kind && isId(entry.key)).map(({ key }) => key);

const byId = <T extends { id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));
