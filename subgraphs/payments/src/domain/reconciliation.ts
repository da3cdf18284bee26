import { type Component, periodicJob, type ServiceKit } from '@tributary/service-kit';
import type { PaymentsConfig } from '../config.ts';
import type { PaymentProvider } from '../provider/payment-provider.ts';
import {
  beginRun,
  countOpenDifferences,
  type Difference,
  type DifferenceRow,
  endRun,
  insertDifferences,
  insertResolutions,
  listOpenDifferencesSince,
  type ReconciliationRunRow,
} from '../store/reconciliation-store.ts';
import { DIFFERENCE_KINDS } from '../tables.ts';
import { compareBooks } from './compare-books.ts';

/** More than that is no list of differences: the wrong account is configured, or a table was lost. */
const MAX_DIFFERENCES = 1000;
/** Open ones that a run compares its own with. */
const MAX_OPEN = 10_000;
/** How often it is looked whether a run is due: an instance that starts later than its neighbours need not wait a turn. */
const LOOK_EVERY_MS = 60_000;
/** Of the whole statement. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000;

/** Compares our books with the provider's, again and again; tells of differences, and moves no money. */
export interface Reconciliation extends Component {
  /** The run of this turn of the clock, unless it was begun before, here or by another instance. */
  run(): Promise<void>;
}

type Parts = Pick<ServiceKit, 'database' | 'log' | 'metrics'> & {
  config: Pick<PaymentsConfig, 'reconciliation'>;
  provider: Pick<PaymentProvider, 'statement'>;
};

export function createReconciliation({ database, log, metrics, config, provider }: Parts): Reconciliation {
  const { every, window, grace } = config.reconciliation;
  const stopping = new AbortController();
  const gauge = metrics.get('payment_reconciliation_differences');
  // From the database, so that every instance tells of what one of them has found.
  metrics.beforeScrape(async () => {
    const counted = await countOpenDifferences(database.db);
    for (const kind of DIFFERENCE_KINDS) gauge.set({ kind }, counted.find((row) => row.kind === kind)?.total ?? 0);
  });

  async function run(): Promise<void> {
    const begun = await beginRun(database.db, every, window);
    if (begun === undefined) return;
    // The provider may have acted well before our ledger heard of it, so its statement reaches back further.
    const from = new Date(begun.since.getTime() + window / 4);
    const until = new Date(begun.startedAt.getTime() - grace);
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(STATEMENT_TIMEOUT_MS)]);
    let entries = 0;
    const found = new Map<string, Difference>();
    const statement = provider.statement(begun.since, signal);
    for await (const difference of compareBooks(database.db, statement, { from, until }, () => entries++)) {
      found.set(identityOf(difference), difference);
      if (found.size === MAX_DIFFERENCES) break;
    }
    await record(begun, from, found, entries);
  }

  async function record(
    { id: runId, since }: ReconciliationRunRow,
    from: Date,
    found: ReadonlyMap<string, Difference>,
    entries: number,
  ): Promise<void> {
    const isWhole = found.size < MAX_DIFFERENCES;
    const { added, gone } = await database.transaction(async (tx) => {
      const open = await listOpenDifferencesSince(tx, since, MAX_OPEN);
      const known = new Set(open.map(identityOf));
      const changes = {
        added: Array.from(found).flatMap(([identity, difference]) => (known.has(identity) ? [] : [difference])),
        // What this run has not looked at is as it was.
        gone: isWhole ? open.filter((row) => row.at >= from && !found.has(identityOf(row))) : [],
      };
      await insertDifferences(tx, runId, changes.added);
      await insertResolutions(tx, runId, changes.gone);
      await endRun(tx, runId, entries);
      return changes;
    });
    for (const each of added) log.error({ run_id: runId, ...logFields(each) }, 'reconciliation difference');
    for (const each of gone) log.info({ run_id: runId, ...logFields(each) }, 'reconciliation difference resolved');
    if (!isWhole) log.error({ run_id: runId, found: found.size }, 'reconciliation gave up counting differences');
    log.info({ run_id: runId, entries, found: found.size, added: added.length, gone: gone.length }, 'reconciliation');
  }

  const job = periodicJob({ name: 'reconciliation', everyMs: Math.min(every, LOOK_EVERY_MS), run }, log);
  return {
    name: 'reconciliation',
    run,
    start: () => job.start?.(),
    async stop() {
      stopping.abort();
      await job.stop?.();
    },
  };
}

/** Two runs that find the same find one difference. */
const identityOf = (difference: Difference | DifferenceRow): string =>
  JSON.stringify([
    difference.kind,
    difference.key,
    difference.ourStatus,
    difference.ourMinor,
    difference.ourCurrency,
    difference.providerStatus,
    difference.providerMinor,
    difference.providerCurrency,
  ]);

const logFields = ({ kind, key, paymentId, ourMinor, providerMinor }: Difference | DifferenceRow) => ({
  kind,
  key,
  payment_id: paymentId,
  our_minor: ourMinor,
  provider_minor: providerMinor,
});
