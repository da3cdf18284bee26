import { type Db, isId } from '@tributary/service-kit';
import type { StatementEntry } from '../provider/payment-provider.ts';
import {
  type BookedCharge,
  type BookedRefund,
  findBookedCharges,
  findBookedRefunds,
  listBookedMoves,
  listPaymentsUnlikeLedger,
} from '../store/book-store.ts';
import type { Difference } from '../store/reconciliation-store.ts';

/** Of entries, and of rows, at once. */
const BATCH = 500;

export interface ComparedTime {
  /** Our records from here on are looked for at the provider, whose statement reaches back further. */
  from: Date;
  /** What has changed later is left out, on both sides. */
  until: Date;
}

/**
 * Compares the provider's statement with our payments, refunds and ledger. Reads only; the differences come as they are
 * found.
 *
 * @param onEntry is told of each entry of the statement
 */
export async function* compareBooks(
  db: Db,
  statement: AsyncIterable<StatementEntry>,
  time: ComparedTime,
  onEntry: () => void,
): AsyncIterable<Difference> {
  /** Charges that were captured and refunds that were paid at the provider, by key. */
  const moved = new Set<string>();
  const statusOf = new Map<string, string>();
  for await (const batch of batches(statement)) {
    const twice = new Set(batch.filter((entry) => movesAgain(entry, moved)));
    for (const { key, status } of batch) {
      statusOf.set(key, status);
      onEntry();
    }
    const charges = byId(await findBookedCharges(db, idsOf(batch, 'CHARGE')));
    const refunds = byId(await findBookedRefunds(db, idsOf(batch, 'REFUND')));
    for (const entry of batch) {
      if (entry.at > time.until) continue;
      const isCharge = entry.kind === 'CHARGE';
      const [charge, refund] = [charges.get(entry.key), refunds.get(entry.key)];
      const difference = isCharge ? chargeDifference(entry, charge, time.until) : refundDifference(entry, refund);
      if (difference !== undefined) yield difference;
      const paymentId = (isCharge ? charge?.id : refund?.paymentId) ?? null;
      const kind = isCharge ? 'CHARGED_TWICE' : 'REFUNDED_TWICE';
      if (twice.has(entry)) yield { ...ofEntry(entry), ...ofOurs(isCharge ? charge : refund), kind, paymentId };
    }
  }
  yield* missingAtProvider(db, time, moved, statusOf);
  yield* unlikeLedger(db, time);
}

const NOTHING_OF_OURS = { ourStatus: null, ourMinor: null, ourCurrency: null };

const ofEntry = ({ key, at, status, amountMinor, currency }: StatementEntry) => ({
  key,
  at,
  providerStatus: status,
  providerMinor: amountMinor,
  providerCurrency: currency,
});

type Ours = Pick<BookedCharge | BookedRefund, 'status' | 'amountMinor' | 'currency'>;

const ofOurs = (ours: Ours | undefined) =>
  ours === undefined
    ? NOTHING_OF_OURS
    : { ourStatus: ours.status, ourMinor: ours.amountMinor, ourCurrency: ours.currency };

/** Whether the money was moved by an entry of the same key before; notes that it is now. */
function movesAgain({ key, status }: StatementEntry, moved: Set<string>): boolean {
  if (status !== 'CAPTURED' && status !== 'SUCCEEDED') return false;
  const before = moved.has(key);
  moved.add(key);
  return before;
}

function chargeDifference(entry: StatementEntry, ours: BookedCharge | undefined, until: Date): Difference | undefined {
  // One side has just moved: it is compared the next time.
  if (ours !== undefined && ours.updatedAt > until) return undefined;
  const difference = (kind: Difference['kind']) => ({
    kind,
    paymentId: ours?.id ?? null,
    ...ofEntry(entry),
    ...ofOurs(ours),
  });
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
  if (entry.status !== 'SUCCEEDED') return undefined;
  const difference = (kind: Difference['kind']) => ({
    kind,
    paymentId: ours?.paymentId ?? null,
    ...ofEntry(entry),
    ...ofOurs(ours),
  });
  if (ours === undefined || ours.bookedMinor === null) return difference('REFUND_NOT_IN_LEDGER');
  const isSame = ours.bookedMinor === entry.amountMinor && ours.bookedCurrency === entry.currency;
  return isSame ? undefined : difference('AMOUNT_DIFFERS');
}

/** What the ledger has moved at the provider, and the statement has not. */
async function* missingAtProvider(
  db: Db,
  time: ComparedTime,
  moved: ReadonlySet<string>,
  statusOf: ReadonlyMap<string, string>,
): AsyncIterable<Difference> {
  for (let after: string | undefined, more = true; more; ) {
    const page = await listBookedMoves(db, { ...time, after, limit: BATCH });
    for (const { kind, reference: key, paymentId, amountMinor, currency, postedAt } of page) {
      if (moved.has(key)) continue;
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
    after = page.at(-1)?.id;
    more = page.length === BATCH;
  }
}

/** Where a payment's own sums are not the ledger's: what would be the provider's side is the ledger's here. */
async function* unlikeLedger(db: Db, { from, until }: ComparedTime): AsyncIterable<Difference> {
  for (const { id, status, currency, updatedAt, heldMinor, bookedMinor } of await listPaymentsUnlikeLedger(
    db,
    from,
    until,
    BATCH,
  )) {
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
